// SPDX-License-Identifier: MulanPSL-2.0
import { dueOf, isFinished } from './due'
import type { RequestSummary } from './types'

/** Each request once, those past their deadline first (the oldest deadline on top), then by time left. */
export function urgentFirst(items: RequestSummary[], now: number): RequestSummary[] {
  const once = [...new Map(items.map((item) => [item.id, item])).values()].filter((item) => !isFinished(item.state))
  const rank = (item: RequestSummary) => ({ over: 0, soon: 1, ok: 2, none: 3, done: 4 })[dueOf(item, now)]
  const due = (item: RequestSummary) => (item.due_at ? Date.parse(item.due_at) : Number.MAX_SAFE_INTEGER)
  return once.sort((a, b) => rank(a) - rank(b) || due(a) - due(b) || (a.id < b.id ? -1 : 1))
}
