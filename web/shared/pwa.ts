// SPDX-License-Identifier: MulanPSL-2.0
// Registers the service worker and offers a new version; nobody is reloaded in the middle of writing.
import { t } from './i18n'
import { say } from './toast'

export function startServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  let asked = false
  const offer = (waiting: ServiceWorker | null) => {
    if (!waiting || !navigator.serviceWorker.controller || asked) return
    asked = true
    say(t('state.update'), 'info', { label: t('state.update_now'), run: () => waiting.postMessage('update') })
  }
  const started = navigator.serviceWorker.controller
  navigator.serviceWorker.addEventListener('controllerchange', () => started && asked && window.location.reload())
  navigator.serviceWorker
    .register('/sw.js')
    .then((registration) => {
      offer(registration.waiting)
      registration.addEventListener('updatefound', () => {
        const fresh = registration.installing
        fresh?.addEventListener('statechange', () => fresh.state === 'installed' && offer(registration.waiting))
      })
    })
    .catch(() => undefined) // plain http on another machine than this one: the pages work without it
}
