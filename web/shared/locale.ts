// SPDX-License-Identifier: MulanPSL-2.0
export type Words = Record<string, string>
export interface Locale {
  zh: Words
  en: Words
}
/** Both languages with the same keys, checked by the compiler. */
export function locale<K extends string>(zh: Record<K, string>, en: Record<NoInfer<K>, string>): Locale {
  return { zh, en }
}
