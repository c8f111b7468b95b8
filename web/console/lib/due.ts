// SPDX-License-Identifier: MulanPSL-2.0
// What to say about a deadline: the clock stops mattering once the work is handled.
import type { RequestState } from './types'

export type Due = 'none' | 'done' | 'over' | 'soon' | 'ok'
const finished: readonly RequestState[] = ['handled', 'callback', 'closed', 'evaluated', 'rejected']

export const isFinished = (state: RequestState): boolean => finished.includes(state)

/** `share` is the part of the promised time used, when known; without it the last 20 % is reckoned by the wall clock. */
export function dueOf(request: { state: RequestState; due_at: string | null; overdue: boolean; reported_at: string }, now: number, share?: number): Due {
  if (!request.due_at) return 'none'
  if (isFinished(request.state)) return request.overdue ? 'over' : 'done'
  const due = Date.parse(request.due_at)
  if (request.overdue || due <= now) return 'over'
  const start = Date.parse(request.reported_at)
  const used = share ?? (due > start ? (now - start) / (due - start) : 0)
  return used >= 0.8 ? 'soon' : 'ok'
}
