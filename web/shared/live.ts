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
type Kind = 'request' | 'notice'

const listeners = new Map<Listener, Kind>()
export const liveUp = ref(false)
let source: EventSource | null = null
let timer: ReturnType<typeof setTimeout> | undefined
let pause_ms = 2000

function tell(event: LiveEvent | null, kind?: Kind): void {
  for (const [listener, wanted] of [...listeners]) if (!kind || kind === wanted) listener(event)
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
  for (const kind of ['request', 'notice'] as const)
    source.addEventListener(kind, (message) => {
      try {
        tell(JSON.parse((message as MessageEvent<string>).data) as LiveEvent, kind)
      } catch {
        tell(null, kind)
      }
    })
  source.addEventListener('request_task', () => tell(null, 'request')) // of some request on the page, perhaps
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

/** Calls back on every event of a request, and with null when something may have been missed. Ends with the component. */
export function onLive(listener: Listener): void {
  follow(listener, 'request')
}
/** The same for what the person was told. */
export function onNotice(listener: Listener): void {
  follow(listener, 'notice')
}
function follow(listener: Listener, kind: Kind): void {
  listeners.set(listener, kind)
  open()
  onScopeDispose(() => {
    listeners.delete(listener)
    if (listeners.size === 0) close()
  })
}
