// SPDX-License-Identifier: MulanPSL-2.0
// The words of the console, added to the shared ones, with their keys known to the compiler.
import { addWords, has, lang, t as translate } from '../../shared/i18n'
import type { Words } from '../../shared/locale'
import { admin } from '../words/admin'
import { base } from '../words/base'
import { catalogue } from '../words/catalogue'
import { ledger } from '../words/ledger'
import { requests } from '../words/requests'
import { rounds } from '../words/rounds'

export const words = { ...base, ...requests, ...admin, ...catalogue, ...rounds, ...ledger }
export type Key = keyof typeof words
const column = (at: 0 | 1): Words => Object.fromEntries(Object.entries(words).map(([key, pair]) => [key, pair[at]]))
addWords({ zh: column(0), en: column(1) })

export { lang }
export const t = (key: Key, ...args: (string | number)[]): string => translate(key, ...args)
export const known = (key: string): key is Key => has(key)
/** For keys made from what the server sends (roles, levels, states): an unknown one is shown as it came. */
export function tt(prefix: string, name: string, ...args: (string | number)[]): string {
  const key = `${prefix}.${name}`
  return has(key) ? translate(key, ...args) : name
}
/** Of two texts, the one in the language chosen; the other when it is empty. */
export const pick = (zh: string | null | undefined, en: string | null | undefined): string => (lang.value === 'zh' ? zh || en : en || zh) || ''
