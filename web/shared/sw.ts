// SPDX-License-Identifier: MulanPSL-2.0
// The service worker of the phone pages: keeps their files so that they open without a network. It never keeps an
// answer of the API: those may be personal. Version and file list are written in by build/worker.ts.
/// <reference lib="webworker" />
export {}
const worker = self as unknown as ServiceWorkerGlobalScope
const CACHE = 'linli-__VERSION__'
const FILES = '__FILES__' as unknown as string[]
const SHELLS = ['/', '/work']

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...SHELLS, ...FILES])))
})
worker.addEventListener('activate', (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name.startsWith('linli-') && name !== CACHE) await caches.delete(name)
    await worker.clients.claim()
  }
  event.waitUntil(tidy())
})
worker.addEventListener('message', (event) => {
  if (event.data === 'update') void worker.skipWaiting()
})

/** A page of the app: the network first, so that a new build shows at once; its kept shell when there is none. */
async function page(request: Request, shell: string): Promise<Response> {
  try {
    return await fetch(request)
  } catch {
    return (await caches.match(shell)) ?? Response.error()
  }
}

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin) return
  if (url.pathname.startsWith('/api/') || url.pathname.startsWith('/console')) return
  if (event.request.mode === 'navigate') {
    const shell = /^\/work(\/|$)/.test(url.pathname) ? '/work' : '/'
    if (/^\/($|q\/|r\/|mine$|wall$|me$|work(\/|$))/.test(url.pathname)) event.respondWith(page(event.request, shell))
    return
  }
  if (FILES.includes(url.pathname)) event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)))
})
