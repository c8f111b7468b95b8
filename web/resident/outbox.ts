// SPDX-License-Identifier: MulanPSL-2.0
// The outbox of this page, and when it is looked at: at the start, when the network is back, when the page is looked at
// again, after signing in, and every half minute while something waits.
import { ref, watch } from 'vue'
import { api } from '../shared/client'
import { t } from '../shared/i18n'
import { createOutbox } from '../shared/outbox'
import { loadMe, me, signedIn } from '../shared/session'
import { say } from '../shared/toast'
import { router } from './router'

export const outbox = createOutbox({ api, me: () => (signedIn.value ? (me.value?.id ?? null) : null) })
export const online = ref(navigator.onLine !== false)

export function startOutbox(): void {
  const flush = () => void outbox.flush().catch(() => undefined)
  window.addEventListener('online', () => {
    online.value = true
    void loadMe(true).then(flush)
  })
  window.addEventListener('offline', () => (online.value = false))
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && flush())
  setInterval(() => outbox.waiting.value.length > 0 && flush(), 30_000)
  watch(me, (now, before) => now && now.id !== before?.id && flush())
  void outbox.load()
}

/** While true, the page in view tells itself that something was sent. */
let quiet = false
export async function withoutNotice<T>(act: () => Promise<T>): Promise<T> {
  quiet = true
  try {
    return await act()
  } finally {
    quiet = false
  }
}
outbox.onSent((entry, request) => {
  if (quiet) return
  say(t('wait.sent', entry.title), 'ok', { label: t('home.mine'), run: () => void router.push(`/r/${request.id}`) })
})
