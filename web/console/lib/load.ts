// SPDX-License-Identifier: MulanPSL-2.0
// Loading something from the server: what is there stays on the page while the next answer is on its way (nothing
// jumps), and an answer that comes too late is dropped.
import { ref, shallowRef, type Ref } from 'vue'

export interface Load<T> {
  data: Ref<T | null>
  error: Ref<unknown>
  busy: Ref<boolean>
  run: () => Promise<void>
}
export function useLoad<T>(fetch: () => Promise<T>): Load<T> {
  const data = shallowRef<T | null>(null)
  const error = ref<unknown>(null)
  const busy = ref(false)
  let turn = 0
  async function run(): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const answer = await fetch()
      if (mine !== turn) return
      data.value = answer
      error.value = null
    } catch (fault) {
      if (mine === turn) error.value = fault
    } finally {
      if (mine === turn) busy.value = false
    }
  }
  return { data, error, busy, run }
}

/** At most `width` of `tasks` at a time; the answers in their order. */
export async function inParallel<T, R>(tasks: readonly T[], width: number, work: (task: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = new Array(tasks.length)
  let next = 0
  async function worker(): Promise<void> {
    while (next < tasks.length) {
      const at = next++
      answers[at] = await work(tasks[at])
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, tasks.length) }, worker))
  return answers
}
