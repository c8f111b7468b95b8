// SPDX-License-Identifier: MulanPSL-2.0
// The live stream as the console likes it: several events in a moment come as one call.
import { onScopeDispose } from 'vue'
import { onLive, type LiveEvent } from '../../shared/live'

export type { LiveEvent }
export { liveUp } from '../../shared/live'

/** Calls `then` at most once in `pause_ms`, with what happened; an empty list means "look again". */
export function useLive(then: (events: LiveEvent[]) => void, pause_ms = 800): void {
  let waiting: LiveEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  onLive((event) => {
    if (event) waiting.push(event)
    timer ??= setTimeout(() => {
      timer = undefined
      const heard = waiting
      waiting = []
      then(heard)
    }, pause_ms)
  })
  onScopeDispose(() => clearTimeout(timer))
}
