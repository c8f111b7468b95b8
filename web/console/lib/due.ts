// SPDX-License-Identifier: MulanPSL-2.0
// What to say about a deadline: the clock stops mattering once the work is handled.
import type { RequestState } from './types'

export type Due = 'none' | 'done' | 'over' | 'soon' | 'ok'
const finished: readonly RequestState[] = ['handled', 'callback', 'closed', 'evaluated', 'rejected', 'fulfilled', 'confirmed']

export const isFinished = (state: RequestState): boolean => finished.includes(state)

const SOON_MS = 24 * 3600_000

/** "Soon" is the last 24 hours, as the desk counts it. */
export function dueOf(request: { state: RequestState; due_at: string | null; overdue: boolean }, now: number): Due {
  if (!request.due_at) return 'none'
  if (isFinished(request.state)) return request.overdue ? 'over' : 'done'
  const due = Date.parse(request.due_at)
  if (request.overdue || due <= now) return 'over'
  return due - now < SOON_MS ? 'soon' : 'ok'
}
