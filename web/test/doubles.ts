// SPDX-License-Identifier: MulanPSL-2.0
// Stand-ins for what a browser gives.
import type { Transport, TransportRequest, TransportResponse } from '../shared/api'

export class Shelf implements Storage {
  private kept = new Map<string, string>()
  get length(): number {
    return this.kept.size
  }
  clear(): void {
    this.kept.clear()
    for (const key of Object.keys(this)) if (key !== 'kept') delete (this as unknown as Record<string, unknown>)[key]
  }
  getItem(key: string): string | null {
    return this.kept.get(key) ?? null
  }
  key(at: number): string | null {
    return [...this.kept.keys()][at] ?? null
  }
  removeItem(key: string): void {
    this.kept.delete(key)
    delete (this as unknown as Record<string, unknown>)[key]
  }
  setItem(key: string, value: string): void {
    this.kept.set(key, value)
    ;(this as unknown as Record<string, unknown>)[key] = value // Object.keys(localStorage) lists the keys
  }
}

export function answer(status: number, body?: unknown, headers: Record<string, string> = {}): TransportResponse {
  return { status, header: (name) => headers[name.toLowerCase()] ?? null, text: body === undefined ? '' : JSON.stringify(body) }
}

/** A transport that answers from a list, in turn, and remembers what it was asked. 'down' is a network that is not there. */
export function script(...turns: (TransportResponse | 'down')[]): { transport: Transport; asked: TransportRequest[] } {
  const asked: TransportRequest[] = []
  const transport: Transport = async (request) => {
    asked.push(request)
    const turn = turns.shift()
    if (turn === undefined) throw new Error(`not expected: ${request.method} ${request.url}`)
    if (turn === 'down') throw new Error('unreachable')
    return turn
  }
  return { transport, asked }
}
