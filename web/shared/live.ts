// SPDX-License-Identifier: MulanPSL-2.0
// The live stream: one connection for all listeners of a page. The browser reconnects a dropped stream by itself (with
// Last-Event-ID); a refused one (server restarting, session over) is tried again here, slower and slower.
import { onScopeDispose, ref, watch } from 'vue'
import { me } from './session'

export interface LiveEvent {
  id: string
  type: string
  state: string
}
type Listener = (event: LiveEvent | null) => void

const listeners = new Set<Listener>()
export const liveUp = ref(false)
let source: EventSource | null = null
let timer: ReturnType<typeof setTimeout> | undefined
let pause_ms = 2000

function tell(event: LiveEvent | null): void {
  for (const listener of [...listeners]) listener(event)
}
function close(): void {
  clearTimeout(timer)
  source?.close()
  source = null
  liveUp.value = false
}
function open(late = false): void {
  if (source || !me.value || listeners.size === 0 || typeof EventSource === 'undefined') return
  source = new EventSource('/api/v1/stream')
  let before = late
  source.onopen = () => {
    if (before) tell(null) // something may have been missed
    before = true
    liveUp.value = true
    pause_ms = 2000
  }
  source.addEventListener('request', (message) => {
    try {
      tell(JSON.parse((message as MessageEvent<string>).data) as LiveEvent)
    } catch {
      tell(null)
    }
  })
  source.onerror = () => {
    liveUp.value = false
    if (source?.readyState !== EventSource.CLOSED) return
    source = null
    timer = setTimeout(() => {
      open()
      tell(null)
    }, pause_ms)
    pause_ms = Math.min(pause_ms * 2, 60_000)
  }
}
// A stream belongs to whoever opened it: none for nobody, another one for somebody else.
watch(
  () => me.value?.id,
  () => {
    close()
    open(true)
  },
)
if (typeof document !== 'undefined')
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return
    if (!source) open()
    tell(null) // the phone slept: look again
  })

/** Calls back on every event, and with null when something may have been missed. Ends with the component. */
export function onLive(listener: Listener): void {
  listeners.add(listener)
  open()
  onScopeDispose(() => {
    listeners.delete(listener)
    if (listeners.size === 0) close()
  })
}
