// SPDX-License-Identifier: MulanPSL-2.0
// A form that keeps what was typed when sending fails, knows whether anything was typed, and puts a fault beside its field.
import { computed, ref, type Ref } from 'vue'
import { faultOf } from './call'
import { t } from './i18n'

export function useForm<T extends object>(empty: () => T) {
  const values = ref(empty()) as Ref<T>
  const start = ref(JSON.stringify(values.value))
  const faults = ref<Record<string, string>>({})
  const error = ref<unknown>(null)
  const busy = ref(false)
  const dirty = computed(() => JSON.stringify(values.value) !== start.value)

  function begin(given?: Partial<T>): void {
    values.value = { ...empty(), ...given }
    start.value = JSON.stringify(values.value)
    faults.value = {}
    error.value = null
  }
  /** False when one of the fields is empty; says so beside each. */
  function need(...names: (keyof T & string)[]): boolean {
    faults.value = {}
    for (const name of names) if (!String(values.value[name] ?? '').trim()) faults.value[name] = t('fault.missing')
    return !Object.keys(faults.value).length
  }
  /** What `work` answered, or undefined when it failed (and the form shows why). */
  async function send<R>(work: () => Promise<R>): Promise<{ answer: R } | undefined> {
    if (busy.value) return undefined
    busy.value = true
    error.value = null
    faults.value = {}
    try {
      const answer = await work()
      start.value = JSON.stringify(values.value)
      return { answer }
    } catch (fault) {
      const found = faultOf(fault)
      if (Object.keys(found).every((name) => name in values.value)) faults.value = found
      else error.value = fault
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { values, faults, error, busy, dirty, begin, need, send }
}
