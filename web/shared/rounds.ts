// SPDX-License-Identifier: MulanPSL-2.0
// The day's round on the phone: what is ticked is kept with its own time and key before the first byte is sent, shown
// at once, and sent in order when there is a network. A second send is harmless; who else was first is the server's word.
import { ref } from 'vue'
import { ApiError, randomKey, type Api } from './api'
import { drop, keep, keptAll } from './keep'
import type { Round, RoundItem } from './types'

export interface RoundEntry {
  key: string
  owner: string
  round: string
  item: string | null // of the round's list
  kind: 'tick' | 'finding'
  body: Record<string, unknown>
  files: { key: string; blob: Blob; media?: string }[]
  at: string
  title: string
  refused?: string
}
export type RoundOutcome = { done: Round } | { waits: true } | { refused: ApiError }
export interface RoundsOptions {
  api: Pick<Api, 'post' | 'upload'>
  me: () => string | null
  online?: () => boolean
  now?: () => number // by the server's clock, as far as the phone knows it
}

/** What is on the list, with what waits to be sent shown as ticked already. */
export function withWaiting(list: RoundItem[], entries: readonly RoundEntry[]): (RoundItem & { waits: boolean })[] {
  return list.map((item) => {
    const entry = item.ticked ? undefined : entries.find((one) => one.kind === 'tick' && one.item === item.id && !one.refused)
    if (!entry) return { ...item, waits: false }
    return { ...item, ticked: true, waits: true, result: entry.body.result as RoundItem['result'], bad: String(entry.body.bad ?? ''), ticked_at: entry.at }
  })
}

/** Codes are not on the phone; their mark is (FNV-1a, 32 bits), so that a scan finds its item without a network. */
export function codeMark(typed: string): string {
  const code = typed.toUpperCase().replace(/-/g, '').replace(/[IL]/g, '1').replace(/O/g, '0')
  let mark = 2166136261
  for (let at = 0; at < code.length; at++) mark = Math.imul(mark ^ code.charCodeAt(at), 16777619)
  return (mark >>> 0).toString(16).padStart(8, '0')
}

export function createRounds({ api, me, online = () => navigator.onLine !== false, now = () => Date.now() }: RoundsOptions) {
  const entries = ref<RoundEntry[]>([])
  const listeners = new Set<(entry: RoundEntry, outcome: RoundOutcome) => void>()
  let last: Promise<unknown> = Promise.resolve()

  async function load(): Promise<void> {
    entries.value = (await keptAll<RoundEntry>('rounds')).sort((a, b) => (a.at < b.at ? -1 : 1))
  }
  async function store(entry: RoundEntry): Promise<void> {
    const copy = { ...entry, body: { ...entry.body }, files: entry.files.map((file) => ({ ...file })) }
    await keep('rounds', entry.key, copy)
    const at = entries.value.findIndex((one) => one.key === entry.key)
    if (at >= 0) entries.value[at] = copy
    else entries.value.push(copy)
  }
  async function remove(key: string): Promise<void> {
    await drop('rounds', key)
    entries.value = entries.value.filter((one) => one.key !== key)
  }

  async function deliver(entry: RoundEntry): Promise<RoundOutcome> {
    try {
      const files = entry.files.map((file) => ({ ...file }))
      for (const file of files)
        if (!file.media) {
          file.media = (await api.upload(file.blob, { filename: 'finding.jpg', purpose: 'report', idempotencyKey: file.key })).id
          await store({ ...entry, files })
        }
      const path = { id: entry.round }
      const done =
        entry.kind === 'tick'
          ? await api.post('/api/v1/rounds/{id}/ticks', { path, body: entry.body, idempotencyKey: entry.key })
          : await api.post('/api/v1/rounds/{id}/findings', { path, body: { ...entry.body, media: files.map((file) => file.media) }, idempotencyKey: entry.key })
      await remove(entry.key)
      return { done }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.passing || error.status === 401) return { waits: true }
      // Somebody withdrew the consent meanwhile: there is nothing left to say of them, on this phone either.
      if (error.key === 'round.no_such_item') await remove(entry.key)
      else await store({ ...entry, refused: error.message || error.key })
      return { refused: error }
    }
  }
  // One delivery at a time: in this page by queueing, among the pages of this browser by a lock where there are locks.
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
    const turn = last.then(() => (locks ? (locks.request('linli.rounds', work) as Promise<T>) : work()))
    last = turn.catch(() => undefined)
    return turn
  }

  function flush(): Promise<void> {
    return alone(async () => {
      await load()
      for (const entry of [...entries.value]) {
        if (entry.refused || entry.owner !== me() || !online()) continue
        const outcome = await deliver(entry)
        listeners.forEach((listener) => listener(entry, outcome))
        if ('waits' in outcome) return
      }
    })
  }
  /** Kept first, then sent with all that waits before it. */
  async function put(given: Pick<RoundEntry, 'round' | 'item' | 'kind' | 'title'> & { body: Record<string, unknown>; blobs?: Blob[] }): Promise<void> {
    const { blobs = [], ...rest } = given
    const at = new Date(now()).toISOString()
    const body = given.kind === 'tick' ? { ...given.body, item: given.item, at } : { ...given.body, ...(given.item ? { item: given.item } : {}) }
    await store({ ...rest, body, key: randomKey(), owner: me() ?? '', at, files: blobs.map((blob) => ({ key: randomKey(), blob })) })
    await flush()
  }
  return {
    entries,
    load,
    flush,
    put,
    remove,
    onOutcome(listener: (entry: RoundEntry, outcome: RoundOutcome) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
