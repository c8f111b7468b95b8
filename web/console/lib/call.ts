// SPDX-License-Identifier: MulanPSL-2.0
// The shared client with the console's own shapes, and the two things it does not do: forms with files, downloads.
import { ApiError, randomKey, type CallOptions } from '../../shared/api'
import { api } from '../../shared/client'
import { browserTransport } from '../../shared/transport'
import { known, lang, t } from './i18n'

interface Caller {
  get<T>(path: string, given?: CallOptions): Promise<T>
  post<T>(path: string, given?: CallOptions): Promise<T>
  patch<T>(path: string, given?: CallOptions): Promise<T>
  put<T>(path: string, given?: CallOptions): Promise<T>
  delete<T>(path: string, given?: CallOptions): Promise<T>
}
export const call = api as unknown as Caller
export { ApiError }

/** A sentence for people, whatever went wrong. */
export function sentence(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.server')
  if (error.status === 0) return t('error.network')
  if (error.message) return error.message
  if (error.status === 401) return t('error.signed_out')
  return t('error.server')
}
export const keyOf = (error: unknown): string => (error instanceof ApiError ? error.key : '')
export const statusOf = (error: unknown): number => (error instanceof ApiError ? error.status : -1)
/** Somebody else was first, or changed what is being changed. */
export const isConflict = (error: unknown): boolean => [409, 412].includes(statusOf(error))

/** Field faults of a problem, by the name of the field; else under ''. */
export function faultOf(error: unknown): Record<string, string> {
  const field = error instanceof ApiError ? (error.field ?? '') : ''
  return { [field]: sentence(error) }
}

function formBody(parts: Record<string, string | File>, key: string): { body: Blob; type: string } {
  const boundary = `linli-${key}`
  const pieces: (string | Blob)[] = []
  for (const [name, part] of Object.entries(parts)) {
    if (typeof part === 'string') pieces.push(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${part}\r\n`)
    else {
      const filename = part.name.replace(/["\\\r\n]/g, '_')
      pieces.push(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n`)
      pieces.push(`Content-Type: ${part.type || 'application/octet-stream'}\r\n\r\n`, part, '\r\n')
    }
  }
  pieces.push(`--${boundary}--\r\n`)
  return { body: new Blob(pieces), type: `multipart/form-data; boundary=${boundary}` }
}

/** Posts a form with files, telling how much has gone. */
export async function postForm<T>(path: string, parts: Record<string, string | File>, onProgress: (share: number) => void): Promise<T> {
  const key = randomKey()
  const { body, type } = formBody(parts, key)
  const headers = { Accept: 'application/json', 'Accept-Language': lang.value, 'Content-Type': type, 'Idempotency-Key': key }
  const answer = await browserTransport({ method: 'POST', url: path, headers, body, onProgress }).catch(() => {
    throw new ApiError(0, 'net.offline', '')
  })
  const read = () => {
    try {
      return JSON.parse(answer.text)
    } catch {
      return {}
    }
  }
  if (answer.status >= 200 && answer.status < 300) return read() as T
  const problem = read()
  throw new ApiError(answer.status, problem.key ?? `http.${answer.status}`, problem.title ?? '', problem.field ?? null, problem.args ?? [])
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** Text made here, as a file. The mark in front lets spreadsheets see UTF-8. */
export const saveText = (text: string, name: string): void => save(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }), name)

/** Fetches a file through the session and hands it to the reader of the page. */
export async function download(path: string, query: Record<string, string>, name: string): Promise<void> {
  const search = new URLSearchParams(query).toString()
  const response = await fetch(search ? `${path}?${search}` : path, { credentials: 'same-origin', headers: { 'Accept-Language': lang.value } }).catch(() => {
    throw new ApiError(0, 'net.offline', '')
  })
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}))
    throw new ApiError(response.status, problem.key ?? '', problem.title ?? '')
  }
  save(await response.blob(), name)
}

/** One cell of a CSV; a leading = + - @ is defused, spreadsheets would run it. */
export function csvCell(value: string | number): string {
  const text = /^[=+\-@\t]/.test(String(value)) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text
}
export const csv = (rows: (string | number)[][]): string => rows.map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n'

/** "request.words" as people call it, when the console has a word for it. */
export const fieldTitle = (name: string): string => (known(`field.${name}`) ? t(`field.${name}` as never) : name)
