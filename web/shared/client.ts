// SPDX-License-Identifier: MulanPSL-2.0
// The client every page uses, and the hook that tells when the session has ended.
import { createApi } from './api'
import { lang } from './i18n'
import { browserTransport } from './transport'

const listeners = new Set<() => void>()
export function onSignedOut(listener: () => void): void {
  listeners.add(listener)
}

export const api = createApi({
  transport: browserTransport,
  language: () => lang.value,
  onSignedOut: () => listeners.forEach((listener) => listener()),
})
