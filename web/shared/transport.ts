// SPDX-License-Identifier: MulanPSL-2.0
// How the browser carries a request: fetch, and XMLHttpRequest where the sender wants to see it go.
import type { Transport, TransportRequest, TransportResponse } from './api'

const TIMEOUT_MS = 60_000

async function byFetch(request: TransportRequest): Promise<TransportResponse> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS)
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      body: request.body,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: stop.signal,
    })
    const text = await response.text()
    return { status: response.status, header: (name) => response.headers.get(name), text }
  } finally {
    clearTimeout(timer)
  }
}

function byXhr(request: TransportRequest): Promise<TransportResponse> {
  return new Promise((done, failed) => {
    const xhr = new XMLHttpRequest()
    xhr.open(request.method, request.url)
    for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value)
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) request.onProgress?.(event.loaded / event.total)
    }
    xhr.onload = () => done({ status: xhr.status, header: (name) => xhr.getResponseHeader(name), text: xhr.responseText })
    xhr.onerror = xhr.ontimeout = () => failed(new Error('unreachable'))
    xhr.send(request.body)
  })
}

export const browserTransport: Transport = (request) => (request.onProgress ? byXhr(request) : byFetch(request))
