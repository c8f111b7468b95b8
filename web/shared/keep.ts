// SPDX-License-Identifier: MulanPSL-2.0
// What a page keeps on the phone: drafts, what waits to be sent, lists last seen. IndexedDB, because photos and voice
// are kept too; where a browser refuses it (private windows), memory for as long as the page lives.
const NAME = 'linli'
const TABLES = ['draft', 'outbox', 'acts', 'seen', 'rounds'] as const
const VERSION = 2 // grows with the tables
export type Table = (typeof TABLES)[number]

const memory: Record<Table, Map<string, unknown>> = { draft: new Map(), outbox: new Map(), acts: new Map(), seen: new Map(), rounds: new Map() }
let opened: Promise<IDBDatabase | null> | null = null

function open(): Promise<IDBDatabase | null> {
  if (!opened)
    opened = new Promise((done) => {
      if (typeof indexedDB === 'undefined') return done(null)
      let request: IDBOpenDBRequest
      try {
        request = indexedDB.open(NAME, VERSION)
      } catch {
        return done(null)
      }
      request.onupgradeneeded = () => {
        const there = request.result.objectStoreNames
        TABLES.filter((table) => !there.contains(table)).forEach((table) => request.result.createObjectStore(table))
      }
      // Another page of an older version holds it open: this page keeps what it has to keep in memory meanwhile.
      request.onblocked = () => done(null)
      request.onsuccess = () => done(request.result)
      request.onerror = () => done(null)
    })
  return opened
}

function run<T>(table: Table, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  return open().then(
    (db) =>
      new Promise<T | null>((done, failed) => {
        if (!db) return done(null)
        const transaction = db.transaction(table, mode)
        const request = act(transaction.objectStore(table))
        transaction.oncomplete = () => done(request.result)
        transaction.onerror = transaction.onabort = () => failed(transaction.error)
      }),
  )
}

export async function keep(table: Table, key: string, value: unknown): Promise<void> {
  if (!(await open())) memory[table].set(key, value)
  else await run(table, 'readwrite', (store) => store.put(value, key))
}
export async function kept<T>(table: Table, key: string): Promise<T | null> {
  if (!(await open())) return (memory[table].get(key) as T) ?? null
  return ((await run(table, 'readonly', (store) => store.get(key))) as T) ?? null
}
export async function keptAll<T>(table: Table): Promise<T[]> {
  if (!(await open())) return [...memory[table].values()] as T[]
  return ((await run(table, 'readonly', (store) => store.getAll())) as T[]) ?? []
}
export async function drop(table: Table, key: string): Promise<void> {
  if (!(await open())) memory[table].delete(key)
  else await run(table, 'readwrite', (store) => store.delete(key))
}
export async function dropAll(table: Table): Promise<void> {
  if (!(await open())) memory[table].clear()
  else await run(table, 'readwrite', (store) => store.clear())
}
/** At signing out: the next person on this phone sees nothing of the last one. */
export async function forgetPersonal(): Promise<void> {
  for (const table of TABLES) await dropAll(table)
  if (typeof localStorage === 'undefined') return
  for (const key of Object.keys(localStorage)) if (key.startsWith('linli.draft.')) localStorage.removeItem(key)
}
