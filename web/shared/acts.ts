// SPDX-License-Identifier: MulanPSL-2.0
// A worker's acts done where there is no network: kept with their key and the version that was seen, and sent in order
// when it is back. Nothing is overwritten: if somebody acted meanwhile the server refuses, and the worker is told.
import { ref } from 'vue'
import { ApiError, randomKey, type Api } from './api'
import { drop, keep, keptAll } from './keep'
import type { Request } from './types'

export interface Act {
  key: string
  owner: string
  request: string
  task?: string // of that request: then it is a step of the task
  title: string
  action: string
  body: Record<string, unknown>
  version: number
  files: { key: string; name: string; purpose: 'before' | 'after' | 'report'; blob: Blob; media?: string }[]
  at: string
  refused?: string
}
export type ActOutcome = { done: Request | null } | { waits: true } | { refused: ApiError }
export interface ActsOptions {
  api: Pick<Api, 'post' | 'upload'>
  me: () => string | null
  online?: () => boolean
}

export function createActs({ api, me, online = () => navigator.onLine !== false }: ActsOptions) {
  const entries = ref<Act[]>([])
  const progress = ref(0)
  const versions = new Map<string, number>() // of requests that an earlier act of the queue has changed
  const listeners = new Set<(act: Act, outcome: ActOutcome) => void>()
  let last: Promise<unknown> = Promise.resolve()

  async function load(): Promise<void> {
    entries.value = (await keptAll<Act>('acts')).sort((a, b) => (a.at < b.at ? -1 : 1))
  }
  async function store(act: Act): Promise<void> {
    const copy = { ...act, body: { ...act.body }, files: act.files.map((file) => ({ ...file })) }
    await keep('acts', act.key, copy)
    const at = entries.value.findIndex((one) => one.key === act.key)
    if (at >= 0) entries.value[at] = copy
    else entries.value.push(copy)
  }
  async function remove(key: string): Promise<void> {
    await drop('acts', key)
    entries.value = entries.value.filter((act) => act.key !== key)
  }

  async function deliver(act: Act): Promise<ActOutcome> {
    try {
      const files = act.files.map((file) => ({ ...file }))
      let done = 0
      for (const file of files) {
        if (!file.media) {
          const onProgress = (share: number) => (progress.value = (done + share) / files.length)
          const sent = await api.upload(file.blob, { filename: file.name, purpose: file.purpose, idempotencyKey: file.key, onProgress })
          file.media = sent.id
          await store({ ...act, files })
        }
        progress.value = ++done / files.length
      }
      const body = files.length ? { ...act.body, media: files.map((file) => file.media) } : act.body
      const version = Math.max(act.version, versions.get(act.task ?? act.request) ?? 0)
      if (act.task) {
        const task = await api.post('/api/v1/tasks/{id}/actions/{action}', { path: { id: act.task, action: act.action }, body, version, idempotencyKey: act.key })
        versions.set(act.task, task.version ?? version)
        await remove(act.key)
        return { done: null } // the request is read anew
      }
      const request = await api.post('/api/v1/requests/{id}/actions/{action}', {
        path: { id: act.request, action: act.action },
        body,
        version,
        idempotencyKey: act.key,
      })
      versions.set(act.request, request.version)
      await remove(act.key)
      return { done: request }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.passing || error.status === 401) return { waits: true }
      await store({ ...act, refused: error.message || error.key })
      return { refused: error }
    } finally {
      progress.value = 0
    }
  }
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }

  function flush(): Promise<void> {
    return inTurn(async () => {
      await load()
      const stuck = new Set<string>() // after a refused act the later ones on the same request must not run
      for (const act of [...entries.value]) {
        if (act.refused) stuck.add(act.request)
        if (act.refused || act.owner !== me() || stuck.has(act.request) || !online()) continue
        const outcome = await deliver(act)
        listeners.forEach((listener) => listener(act, outcome))
        if ('waits' in outcome) return
        if ('refused' in outcome) stuck.add(act.request)
      }
    })
  }
  /** Sends at once, or keeps it when nothing is reached. A refusal is handed back and not kept. */
  function act(given: Omit<Act, 'key' | 'owner' | 'at'>): Promise<ActOutcome> {
    return inTurn(async () => {
      const entry: Act = { ...given, key: randomKey(), owner: me() ?? '', at: new Date().toISOString() }
      await store(entry)
      if (!online() || entries.value.some((one) => one.request === entry.request && one.key !== entry.key && !one.refused)) return { waits: true } as ActOutcome
      const outcome = await deliver(entry)
      if ('refused' in outcome) await remove(entry.key)
      return outcome
    })
  }
  return {
    entries,
    progress,
    load,
    flush,
    act,
    remove,
    onOutcome(listener: (act: Act, outcome: ActOutcome) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
