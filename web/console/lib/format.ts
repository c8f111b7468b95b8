// SPDX-License-Identifier: MulanPSL-2.0
// Times and numbers as people read them here: the district's clock, whatever the clock of this machine says.
const zone = 'Asia/Shanghai'
type Lang = 'zh' | 'en'
const locale = (lang: Lang) => (lang === 'zh' ? 'zh-CN' : 'en-GB')

const formats = new Map<string, Intl.DateTimeFormat>()
function format(lang: Lang, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang + JSON.stringify(options)
  let made = formats.get(key)
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale(lang), { timeZone: zone, ...options })))
  return made
}
function parts(at: Date): Record<string, string> {
  const made = format('zh', { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  return Object.fromEntries(made.formatToParts(at).map((part) => [part.type, part.value]))
}

/** 2026-11-24, the day it is here. */
export function dayHere(at: Date): string {
  const { year, month, day } = parts(at)
  return `${year}-${month}-${day}`
}

/** "11-24 14:05"; the year too when it is another one. */
export function shortTime(iso: string | null | undefined, now = new Date()): string {
  if (!iso) return ''
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return ''
  const { year, month, day, hour, minute } = parts(at)
  return `${year === parts(now).year ? '' : `${year}-`}${month}-${day} ${hour}:${minute}`
}

/** "2026-11-24 14:05" */
export function fullTime(iso: string | null | undefined): string {
  if (!iso) return ''
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return ''
  const { year, month, day, hour, minute } = parts(at)
  return `${year}-${month}-${day} ${hour}:${minute}`
}

/** "2026-11-24 14:05:09" */
export function secondTime(iso: string | null | undefined): string {
  const minute = fullTime(iso)
  return minute && `${minute}:${parts(new Date(iso!)).second}`
}

/** "2026年11月24日 星期二" or "Tuesday, 24 November 2026" */
export function longDay(at: Date, lang: Lang): string {
  return format(lang, { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' }).format(at)
}

export interface Span {
  days: number
  hours: number
  minutes: number
  past: boolean
}
/** How far off an instant is, on the wall clock: the two largest parts are enough for people. */
export function span(iso: string, now: Date): Span {
  const ms = new Date(iso).getTime() - now.getTime()
  const minutes = Math.floor(Math.abs(ms) / 60000)
  return { days: Math.floor(minutes / 1440), hours: Math.floor((minutes % 1440) / 60), minutes: minutes % 60, past: ms < 0 }
}
export function spanWords({ days, hours, minutes }: Span, lang: Lang): string {
  const zh = lang === 'zh'
  if (days >= 10) return zh ? `${days} 天` : `${days} d`
  if (days > 0) return zh ? `${days} 天${hours ? ` ${hours} 小时` : ''}` : `${days} d${hours ? ` ${hours} h` : ''}`
  if (hours > 0) return zh ? `${hours} 小时${minutes ? ` ${minutes} 分` : ''}` : `${hours} h${minutes ? ` ${minutes} min` : ''}`
  return zh ? `${minutes} 分钟` : `${minutes} min`
}

export const count = (value: number, lang: Lang): string => new Intl.NumberFormat(locale(lang)).format(value)
/** Door codes in groups of four: people read them aloud. */
export const groups = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1 ')
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`
  return value < 1024 * 1024 ? `${(value / 1024).toFixed(0)} KB` : `${(value / 1024 / 1024).toFixed(1)} MB`
}
