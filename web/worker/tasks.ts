// SPDX-License-Identifier: MulanPSL-2.0
import type { RequestSummary, Task } from '../shared/types'

/** The limit that runs: to be there, then to clear. */
export const waitsUntil = (task: Task): string | null => (task.state === 'summoned' ? task.check_in_due_at : task.due_at)

export type Work = { key: string; until: string; request?: RequestSummary; task?: Task }
/** Requests and tasks as one list, the most urgent first. */
export function byNeed(requests: readonly RequestSummary[], tasks: readonly Task[]): Work[] {
  const never = '9999'
  return [
    ...requests.map((request) => ({ key: 'r' + request.id, until: request.due_at ?? never, request })),
    ...tasks.map((task) => ({ key: 't' + task.id, until: waitsUntil(task) ?? never, task })),
  ].sort((a, b) => (a.until < b.until ? -1 : a.until > b.until ? 1 : 0))
}
