// SPDX-License-Identifier: MulanPSL-2.0
// Requests on their way. Each is kept on the phone, with the key that makes it one request however often it is posted,
// before the first byte is sent, and dropped when the server has it. So a lost network, a closed page or an empty
// battery in the middle never loses a request and never doubles one.
import { computed, ref } from 'vue'
import { ApiError, randomKey, type Api } from './api'
import { drop, keep, keptAll } from './keep'
import type { Request } from './types'

export interface OutgoingFile {
  key: string // idempotency key of the upload
  name: string
  blob: Blob
  media?: string // id on the server, once it is there
}
export interface Outgoing {
  key: string // idempotency key of the request, and its name here
  owner: string | null // id of the person; null: written before signing in
  at: string
  title: string // name of the item, for the list
  body: Record<string, unknown>
  files: OutgoingFile[]
  refused?: string // the server said no, for good; the person has to change something
}
type Outcome = { sent: Request } | { waits: true } | { refused: ApiError }

export interface OutboxOptions {
  api: Pick<Api, 'post' | 'upload'>
  me: () => string | null
  online?: () => boolean
}

export function createOutbox({ api, me, online = () => navigator.onLine !== false }: OutboxOptions) {
  const entries = ref<Outgoing[]>([])
  const progress = ref(0) // of the upload in hand, 0 to 1
  const listeners = new Set<(entry: Outgoing, request: Request) => void>()
  let flushing: Promise<void> | null = null

  async function load(): Promise<void> {
    entries.value = (await keptAll<Outgoing>('outbox')).sort((a, b) => (a.at < b.at ? -1 : 1))
  }
  async function store(entry: Outgoing): Promise<void> {
    // A plain copy: IndexedDB cannot take a reactive object; blobs pass as they are.
    const copy = { ...entry, body: { ...entry.body }, files: entry.files.map((file) => ({ ...file })) }
    await keep('outbox', entry.key, copy)
    const at = entries.value.findIndex((one) => one.key === entry.key)
    if (at >= 0) entries.value[at] = copy
    else entries.value.push(copy)
  }
  async function remove(key: string): Promise<void> {
    await drop('outbox', key)
    entries.value = entries.value.filter((entry) => entry.key !== key)
  }

  async function deliver(entry: Outgoing): Promise<Outcome> {
    try {
      const files = entry.files.map((file) => ({ ...file }))
      let done = 0
      for (const file of files) {
        if (!file.media) {
          const onProgress = (share: number) => (progress.value = (done + share) / files.length)
          file.media = (await api.upload(file.blob, { filename: file.name, idempotencyKey: file.key, onProgress })).id
          await store({ ...entry, files })
        }
        progress.value = ++done / files.length
      }
      const body = { ...entry.body, media: files.map((file) => file.media) }
      const sent = await api.post('/api/v1/requests', { body, idempotencyKey: entry.key })
      await remove(entry.key)
      listeners.forEach((listener) => listener(entry, sent))
      return { sent }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.passing || error.status === 401) return { waits: true }
      await store({ ...entry, refused: error.message || error.key })
      return { refused: error }
    } finally {
      progress.value = 0
    }
  }

  /** One delivery at a time: in this page by queueing, among the pages of this browser by a lock where there are locks.
   * The keys would make a double delivery harmless; this makes it rare. */
  let last: Promise<void> = Promise.resolve()
  function alone(act: () => Promise<void>): Promise<void> {
    const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
    const turn = last.then(() => (locks ? locks.request('linli.outbox', act).then(() => undefined) : act()))
    last = turn.catch(() => undefined)
    return turn
  }

  const mine = (entry: Outgoing) => entry.owner === null || entry.owner === me()
  const waiting = computed(() => entries.value.filter((entry) => !entry.refused))

  function flush(): Promise<void> {
    if (flushing) return flushing
    const run = async () => {
      await load() // another page may have sent some
      for (const entry of [...entries.value]) {
        if (entry.refused || !mine(entry) || me() === null || !online()) continue
        const outcome = await deliver(entry)
        if ('waits' in outcome) break
      }
    }
    flushing = alone(run).finally(() => (flushing = null))
    return flushing
  }

  /** Keeps it, and tries at once when there is somebody signed in and a network. */
  async function send(given: Omit<Outgoing, 'key' | 'owner' | 'at'> & { key?: string }): Promise<Outcome> {
    const entry: Outgoing = { ...given, key: given.key ?? randomKey(), owner: me(), at: new Date().toISOString() }
    await store(entry)
    if (me() === null || !online()) return { waits: true }
    let outcome: Outcome = { waits: true }
    await alone(async () => {
      outcome = await deliver(entry)
    })
    return outcome
  }

  return {
    entries,
    waiting,
    progress,
    load,
    flush,
    send,
    remove,
    /** Returns how to stop listening. */
    onSent(listener: (entry: Outgoing, request: Request) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
export type Outbox = ReturnType<typeof createOutbox>
