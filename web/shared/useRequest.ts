// SPDX-License-Identifier: MulanPSL-2.0
// One request on a page: read, kept fresh by the live stream, and acted upon. Used by residents and workers alike.
import { computed, ref, watch, type Ref } from 'vue'
import { ApiError } from './api'
import { api } from './client'
import { kindWords } from './errors'
import { t } from './i18n'
import { keep, kept } from './keep'
import { onLive } from './live'
import { say } from './toast'
import type { Request } from './types'

// Changes nothing that another's step could contradict: said again upon the newest version.
const HARMLESS = ['comment', 'urge']

export function useRequest(id: Ref<string>) {
  const request = ref<Request | null>(null)
  const error = ref<unknown>(null)
  const busy = ref(false)
  const gone = ref(false)

  async function load(): Promise<void> {
    try {
      request.value = await api.get('/api/v1/requests/{id}', { path: { id: id.value } })
      error.value = null
      gone.value = false
      await keep('seen', 'r.' + id.value, JSON.parse(JSON.stringify(request.value)))
    } catch (caught) {
      gone.value = caught instanceof ApiError && caught.status === 404
      if (!gone.value && !request.value) request.value = await kept<Request>('seen', 'r.' + id.value)
      if (gone.value || !request.value) error.value = caught
    }
  }
  watch(id, load, { immediate: true })
  onLive((event) => {
    if (event === null || event.id === id.value) void load()
  })

  const can = computed(() => {
    const open = new Set(request.value?.actions.map((one) => one.action))
    return (action: string) => open.has(action)
  })

  /** True when it was done. Somebody quicker: says who, and shows how it stands now. */
  async function act(action: string, body: Record<string, unknown>, done: string, again = true): Promise<boolean> {
    if (!request.value) return false
    busy.value = true
    error.value = null
    try {
      request.value = await api.post('/api/v1/requests/{id}/actions/{action}', {
        path: { id: id.value, action },
        body,
        version: request.value.version,
      })
      say(done)
      return true
    } catch (caught) {
      if (caught instanceof ApiError && caught.status === 412 && again && HARMLESS.includes(action)) {
        await load()
        return act(action, body, done, false)
      }
      if (caught instanceof ApiError && (caught.status === 409 || caught.status === 412)) {
        say(!caught.message && caught.args[0] ? t('act.taken', caught.args[0]) : kindWords(caught), 'danger')
        await load()
      } else error.value = caught
      return false
    } finally {
      busy.value = false
    }
  }
  return { request, error, busy, gone, load, can, act }
}
