// SPDX-License-Identifier: MulanPSL-2.0
// Two languages, a flat dictionary each, and nothing more. Every app adds its own words to the shared ones; the types
// demand the same keys in both languages, and a test compares them once more.
import { ref } from 'vue'
import { locale, type Locale } from './locale'
import { shared } from './locales/shared'

export { locale, type Locale }

export type Lang = 'zh' | 'en'
const KEPT = 'linli.lang'
const words: Locale = { zh: {}, en: {} }
export function addWords(more: Locale): void {
  Object.assign(words.zh, more.zh)
  Object.assign(words.en, more.en)
}
addWords(shared)

function first(): Lang {
  const kept = typeof localStorage === 'undefined' ? null : localStorage.getItem(KEPT)
  if (kept === 'zh' || kept === 'en') return kept
  const wanted = typeof navigator === 'undefined' ? 'zh' : navigator.language
  return /^zh/i.test(wanted) || !/^en/i.test(wanted) ? 'zh' : 'en'
}
export const lang = ref<Lang>(first())

function show(): void {
  if (typeof document !== 'undefined') document.documentElement.lang = lang.value === 'zh' ? 'zh-CN' : 'en'
}
show()

export function setLang(next: Lang): void {
  lang.value = next
  if (typeof localStorage !== 'undefined') localStorage.setItem(KEPT, next)
  show()
}

/** The words of a key, with {0}, {1}… replaced. A key nobody wrote shows itself: ugly, and so found. */
export function t(key: string, ...args: (string | number)[]): string {
  const text = words[lang.value][key] ?? words.zh[key] ?? key
  return text.replace(/\{(\d)\}/g, (_whole, at: string) => String(args[Number(at)] ?? ''))
}
export function has(key: string): boolean {
  return key in words.zh
}

/** Picks thing.name_zh or thing.name_en, the other when one is empty. */
export function pick<T extends object>(thing: T | null | undefined, field: string): string {
  if (!thing) return ''
  const both = thing as Record<string, unknown>
  const own = both[`${field}_${lang.value}`]
  const other = both[`${field}_${lang.value === 'zh' ? 'en' : 'zh'}`]
  return String(own || other || '')
}
