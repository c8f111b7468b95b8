// SPDX-License-Identifier: MulanPSL-2.0
import type { Key } from './i18n'

/** What is wrong with a new password, before the server is asked; it has the last word. */
export function passwordFault(next: string, old: string): Key | null {
  if (!next) return 'fault.missing'
  if (next === old) return 'password.same'
  if ([...next].length < 12 || !/\p{L}/u.test(next) || !/\d/.test(next)) return 'password.weak'
  return null
}
