// SPDX-License-Identifier: MulanPSL-2.0
// Pages by cursor. The cursors of the pages above stand in the address too, so that "newer" works after a reload and
// in a shared link; a long trail is cut, its top then leads back to the newest page.
import type { Query } from './filters'

const TRAIL = 12
const cursor = (text: string) => /^[\w.~-]{1,128}$/.test(text)

export interface Pages {
  current: string // '' on the newest page
  trail: string[]
  newer: Record<string, string>
  older: (next: string) => Record<string, string>
}
const query = (current: string, trail: string[]): Record<string, string> => {
  const made: Record<string, string> = {}
  if (current) made.before = current
  if (trail.length) made.trail = trail.join(',')
  return made
}
export function pagesOf(from: Query): Pages {
  const one = (value: Query[string]) => (Array.isArray(value) ? value[0] : value) ?? ''
  const current = cursor(one(from.before)) ? one(from.before) : ''
  const trail = current ? one(from.trail).split(',').filter(cursor).slice(-TRAIL) : []
  return {
    current,
    trail,
    newer: query(trail[trail.length - 1] ?? '', trail.slice(0, -1)),
    older: (next) => query(next, current ? [...trail, current].slice(-TRAIL) : []),
  }
}
