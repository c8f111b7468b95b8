// SPDX-License-Identifier: MulanPSL-2.0
// The queue of acts of this page, and when it is looked at.
import { ref, watch } from 'vue'
import { api } from '../shared/client'
import { createActs } from '../shared/acts'
import { kindWords } from '../shared/errors'
import { t } from '../shared/i18n'
import { loadMe, me } from '../shared/session'
import { say } from '../shared/toast'

export const acts = createActs({ api, me: () => me.value?.id ?? null })
export const online = ref(navigator.onLine !== false)

export function startActs(): void {
  const flush = () => void acts.flush().catch(() => undefined)
  window.addEventListener('online', () => {
    online.value = true
    void loadMe(true).then(flush)
  })
  window.addEventListener('offline', () => (online.value = false))
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && flush())
  setInterval(() => acts.entries.value.some((one) => !one.refused) && flush(), 30_000)
  watch(me, (now, before) => now && now.id !== before?.id && flush())
  acts.onOutcome((act, outcome) => {
    if ('done' in outcome) say(t('act.done', t('act.' + act.action)) + ' ' + act.title)
    if ('refused' in outcome) say(t('act.refused', kindWords(outcome.refused)), 'danger')
  })
  void acts.load()
}
