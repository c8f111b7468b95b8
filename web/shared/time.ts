// SPDX-License-Identifier: MulanPSL-2.0
// Instants as people say them. The district keeps one clock, China's, whatever the phone is set to.
import { lang, t } from './i18n'

const ZONE = 'Asia/Shanghai'
const SHIFT_MS = 8 * 3_600_000 // no summer time
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function format(at: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(lang.value === 'zh' ? 'zh-CN' : 'en-GB', { timeZone: ZONE, ...options }).format(at)
}
const dayNumber = (ms: number) => Math.floor((ms + SHIFT_MS) / DAY)

export function clockTime(iso: string): string {
  return format(new Date(iso), { hour: '2-digit', minute: '2-digit', hour12: false })
}
/** "今天", "明天", "11月26日 周四"; with the year when it is another. */
export function dayWords(iso: string, now = Date.now()): string {
  const at = new Date(iso)
  const apart = dayNumber(at.getTime()) - dayNumber(now)
  if (apart === 0) return t('time.today')
  if (apart === 1) return t('time.tomorrow')
  if (apart === -1) return t('time.yesterday')
  const sameYear = format(at, { year: 'numeric' }) === format(new Date(now), { year: 'numeric' })
  return format(at, { month: lang.value === 'zh' ? 'long' : 'short', day: 'numeric', weekday: 'short', year: sameYear ? undefined : 'numeric' })
}
export function dayTime(iso: string, now = Date.now()): string {
  return `${dayWords(iso, now)} ${clockTime(iso)}`
}
/** A length of time in at most two units. */
export function span(ms: number): string {
  const length = Math.abs(ms)
  if (length < HOUR) return t('time.minutes', Math.max(1, Math.round(length / MINUTE)))
  if (length < DAY) return t('time.hours', Math.round(length / HOUR))
  const days = Math.floor(length / DAY)
  const hours = Math.round((length - days * DAY) / HOUR)
  return days < 3 && hours > 0 && hours < 24 ? t('time.days_hours', days, hours) : t('time.days', Math.round(length / DAY))
}
export function ago(iso: string, now = Date.now()): string {
  const past = now - new Date(iso).getTime()
  if (past < MINUTE) return t('time.just_now')
  if (past < 7 * DAY) return t('time.ago', span(past))
  return dayWords(iso, now)
}
/** "还有 2 天" or "已超时 3 小时". */
export function remaining(iso: string | null, now = Date.now()): string {
  if (!iso) return t('time.none')
  const left = new Date(iso).getTime() - now
  return left >= 0 ? t('time.left', span(left)) : t('time.late', span(left))
}
/** Ids are read out over the phone: in groups of four. */
export function grouped(id: string): string {
  return id.replace(/(.{4})(?=.)/g, '$1 ')
}
