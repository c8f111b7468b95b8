// SPDX-License-Identifier: MulanPSL-2.0
// What the server says of itself, asked once; the last answer is kept so that the phone number is there offline too.
import { ref } from 'vue'
import { api } from './client'
import type { Site } from './types'

const KEPT = 'linli.site'
function kept(): Site | null {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? 'null') as Site | null
  } catch {
    return null
  }
}
export const site = ref<Site | null>(kept())
/** Server time minus phone time: a wrong phone clock must not make a deadline wrong. */
export const clockShift = ref(0)
export const now = () => Date.now() + clockShift.value

export async function loadSite(): Promise<void> {
  try {
    const fresh = await api.get('/api/v1/site')
    site.value = fresh
    if (fresh.now) clockShift.value = new Date(fresh.now).getTime() - Date.now()
    localStorage.setItem(KEPT, JSON.stringify(fresh))
  } catch {
    // Offline, or the server rests: what was kept has to do.
  }
}
