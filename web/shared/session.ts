// SPDX-License-Identifier: MulanPSL-2.0
// Who is signed in. The session itself is a cookie no script can read; this only remembers who it belongs to.
import { computed, ref } from 'vue'
import { ApiError } from './api'
import { api, onSignedOut } from './client'
import { setLang, type Lang } from './i18n'
import { drop, forgetPersonal, keep, kept } from './keep'
import type { DemoPerson, Me } from './types'

export const me = ref<Me | null>(null)
/** False until the server has been asked once. */
export const known = ref(false)
// Who has withdrawn consent may look at their account and leave; for anything else they are asked again, as at signing in.
export const signedIn = computed(() => me.value !== null && !me.value.consent_needed)
onSignedOut(() => {
  me.value = null
  void drop('seen', 'me')
})

function remember(who: Me): void {
  void keep('seen', 'me', JSON.parse(JSON.stringify(who)))
}
let asking: Promise<Me | null> | null = null
export function loadMe(again = false): Promise<Me | null> {
  if (asking && !again) return asking
  asking = api
    .get('/api/v1/me')
    .then((answer) => {
      remember(answer)
      return (me.value = answer)
    })
    .catch(async (error: unknown) => {
      if (error instanceof ApiError && error.status === 401) return (me.value = null)
      asking = null // not reached: ask again next time; until then, whoever it was last
      return (me.value = me.value ?? (await kept<Me>('seen', 'me')))
    })
    .finally(() => (known.value = true))
  return asking
}
export function entered(who: Me): void {
  remember(who)
  me.value = who
  known.value = true
  asking = Promise.resolve(who)
}
export async function signOut(): Promise<void> {
  await api.post('/api/v1/auth/logout')
  await forgetPersonal()
  me.value = null
  asking = Promise.resolve(null)
}
/** Demo only. What nobody in particular had begun to write stays for the person one becomes. */
export async function become(person: DemoPerson): Promise<void> {
  const session = await api.post('/api/v1/demo/become', { body: { key: person.key } })
  if (me.value) await forgetPersonal()
  entered(session.me)
}
export const APP_HOME: Record<string, string> = { resident: '/', worker: '/work', console: '/console' }

/** Sets the language here and, when signed in, for the messages the server writes. */
export function chooseLang(next: Lang): void {
  setLang(next)
  if (me.value) api.patch('/api/v1/me', { body: { lang: next } }).catch(() => undefined)
}
