// SPDX-License-Identifier: MulanPSL-2.0
// The one client of the API. It knows nothing of the browser: how bytes travel (fetch, or a mini-program's request)
// is the transport's business, see transport.ts.
import type { paths } from './api.gen'
import type { Answers, Problem, Whole } from './types'

export interface TransportRequest {
  method: string
  url: string
  headers: Record<string, string>
  body?: string | Blob
  /** Share of the body sent, 0 to 1. A transport that cannot tell leaves it uncalled. */
  onProgress?: (share: number) => void
}
export interface TransportResponse {
  status: number
  header(name: string): string | null
  text: string
}
/** Rejects when nothing could be reached; an error status is an answer, not a rejection. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>

export type Method = 'get' | 'post' | 'patch' | 'put' | 'delete'
/** The demo's routes exist in a demo only, and so may be missing from the document. */
type DemoPath<M extends Method> = M extends 'get' ? '/api/v1/demo/people' : M extends 'post' ? '/api/v1/demo/become' : never
export type PathOf<M extends Method> =
  | {
      [P in keyof paths]: M extends keyof paths[P] ? ([NonNullable<paths[P][M]>] extends [never] ? never : P) : never
    }[keyof paths]
  | DemoPath<M>
type Content<R> = R extends { content: { 'application/json': infer T } } ? T : never
type Good<R> = R extends object ? Content<R[keyof R & ('2XX' | 200 | 201 | 202)]> : never
type Described<P, M extends Method> = P extends keyof paths
  ? M extends keyof paths[P]
    ? NonNullable<paths[P][M]> extends { responses: infer R }
      ? [Good<R>] extends [never] ? void : Whole<Good<R>>
      : void
    : void
  : void
export type AnswerOf<P extends string, M extends Method> = `${M} ${P}` extends keyof Answers ? Answers[`${M} ${P}`] : Described<P, M>

export type Query = Record<string, string | number | boolean | null | undefined>
export interface CallOptions {
  /** Values of {name} in the path. */
  path?: Record<string, string>
  query?: Query
  body?: unknown
  /** Version last seen: sent as If-Match, so that nobody's later change is overwritten. */
  version?: number
  /** Kept by the caller when the same act may be sent again (the offline queue); otherwise a fresh one is made. */
  idempotencyKey?: string
  /** How often a busy server (503) is asked again. */
  retries?: number
}
export interface UploadOptions {
  purpose?: 'report' | 'before' | 'after'
  filename?: string
  idempotencyKey?: string
  onProgress?: (share: number) => void
}

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: nothing was reached
    readonly key: string,
    title: string,
    readonly field: string | null = null,
    readonly args: string[] = [],
  ) {
    super(title)
    this.name = 'ApiError'
  }
  get offline(): boolean {
    return this.status === 0
  }
  /** Worth sending again unchanged. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504
  }
}

export interface ApiOptions {
  transport: Transport
  base?: string
  language: () => string
  /** The session is over: 401 on a call that is not itself a signing-in. */
  onSignedOut?: () => void
  newKey?: () => string
  wait?: (ms: number) => Promise<void>
}

export function randomKey(): string {
  const bytes = new Uint8Array(16)
  crypto.getRandomValues(bytes)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function urlOf(template: string, path: Record<string, string> = {}, query: Query = {}): string {
  const place = template.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    if (!(name in path)) throw new Error(`${template}: no value for ${name}`)
    return encodeURIComponent(path[name])
  })
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return pairs.length ? `${place}?${pairs.join('&')}` : place
}

function errorOf(response: TransportResponse): ApiError {
  let problem: Partial<Problem> = {}
  try {
    problem = JSON.parse(response.text) as Partial<Problem>
  } catch {
    // A proxy's own page, or nothing: the status alone has to do.
  }
  return new ApiError(
    response.status,
    problem.key ?? `http.${response.status}`,
    problem.title ?? '',
    problem.field ?? null,
    problem.args ?? [],
  )
}

/** A multipart body whose bytes depend on the file and the key alone: sent twice, it is the same request twice. */
export function multipart(file: Blob, purpose: string, filename: string, key: string): { body: Blob; type: string } {
  const line = '\r\n'
  const boundary = `linli-${key}`
  const head =
    `--${boundary}${line}Content-Disposition: form-data; name="purpose"${line}${line}${purpose}${line}` +
    `--${boundary}${line}Content-Disposition: form-data; name="file"; filename="${filename}"${line}` +
    `Content-Type: ${file.type || 'application/octet-stream'}${line}${line}`
  return { body: new Blob([head, file, `${line}--${boundary}--${line}`]), type: `multipart/form-data; boundary=${boundary}` }
}

export function createApi(options: ApiOptions) {
  const newKey = options.newKey ?? randomKey
  const wait = options.wait ?? ((ms: number) => new Promise<void>((done) => setTimeout(done, ms)))

  async function send(request: TransportRequest, retries: number): Promise<TransportResponse> {
    for (let tried = 0; ; tried++) {
      let response: TransportResponse
      try {
        response = await options.transport(request)
      } catch {
        throw new ApiError(0, 'net.offline', '')
      }
      if (response.status !== 503 || tried >= retries) return response
      const seconds = Number(response.header('retry-after')) || 2 ** tried
      await wait(Math.min(seconds, 8) * 1000)
    }
  }

  async function answer<T>(request: TransportRequest, retries: number): Promise<T> {
    const response = await send(request, retries)
    if (response.status >= 200 && response.status < 300)
      return (response.text ? JSON.parse(response.text) : undefined) as T
    if (response.status === 401 && !/\/auth\//.test(request.url)) options.onSignedOut?.()
    throw errorOf(response)
  }

  function headers(): Record<string, string> {
    return { Accept: 'application/json', 'Accept-Language': options.language() }
  }

  function call<T>(method: Method, template: string, given: CallOptions = {}): Promise<T> {
    const all = headers()
    if (method === 'post') all['Idempotency-Key'] = given.idempotencyKey ?? newKey()
    if (given.version !== undefined) all['If-Match'] = `"${given.version}"`
    let body: string | undefined
    if (given.body !== undefined) {
      all['Content-Type'] = 'application/json'
      body = JSON.stringify(given.body)
    }
    const url = (options.base ?? '') + urlOf(template, given.path, given.query)
    return answer<T>({ method: method.toUpperCase(), url, headers: all, body }, given.retries ?? 2)
  }

  return {
    get: <P extends PathOf<'get'>>(path: P, given?: CallOptions) => call<AnswerOf<P, 'get'>>('get', path, given),
    post: <P extends PathOf<'post'>>(path: P, given?: CallOptions) => call<AnswerOf<P, 'post'>>('post', path, given),
    patch: <P extends PathOf<'patch'>>(path: P, given?: CallOptions) => call<AnswerOf<P, 'patch'>>('patch', path, given),
    put: <P extends PathOf<'put'>>(path: P, given?: CallOptions) => call<AnswerOf<P, 'put'>>('put', path, given),
    delete: <P extends PathOf<'delete'>>(path: P, given?: CallOptions) =>
      call<AnswerOf<P, 'delete'>>('delete', path, given),
    upload(file: Blob, given: UploadOptions = {}): Promise<AnswerOf<'/api/v1/media', 'post'>> {
      const key = given.idempotencyKey ?? newKey()
      const { body, type } = multipart(file, given.purpose ?? 'report', given.filename ?? 'file', key)
      const all = { ...headers(), 'Content-Type': type, 'Idempotency-Key': key }
      const url = (options.base ?? '') + '/api/v1/media'
      return answer({ method: 'POST', url, headers: all, body, onProgress: given.onProgress }, 2)
    },
  }
}
export type Api = ReturnType<typeof createApi>
