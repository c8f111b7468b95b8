// SPDX-License-Identifier: MulanPSL-2.0
// The ledger's answers, and how its numbers are written.
import type { PlaceRef } from './types'

export interface LedgerValue {
  code: string
  raw_numerator: number | null
  raw_denominator: number | null
  raw_percent: number | null
  net_numerator: number | null
  net_denominator: number | null
  net_percent: number | null
  before: number | null
  hidden: boolean
}
export interface LedgerMember {
  member: string
  name_zh: string
  name_en: string
  from: string
  figures: LedgerValue[]
}
export interface LedgerAnswer {
  place: PlaceRef
  from: string
  to: string
  as_of: string | null
  items: LedgerMember[]
}
export interface LedgerDefinition {
  code: string
  kind: 'count' | 'share' | 'composite'
  zh: string
  en: string
  period_zh: string
  period_en: string
  definition_zh: string
  definition_en: string
}
export interface LedgerTarget {
  figure: string
  unit_id: string | null
  value: number
  set_at: string
}
export interface LedgerNumber {
  code: string
  zh: string
  en: string
  n: number | null
  period_zh: string
  period_en: string
  definition_zh: string
  definition_en: string
}
export interface LedgerRecheck {
  id: string
  week: string
  request_id: string
  item_zh: string
  item_en: string
  area: string
  unit: string
  solved_at: string
  rank: number
  eligible: number
  result: string
  how: string
  mine: boolean
}
export interface LedgerDraw {
  week: string
  seal_hash: string
  eligible: number
  drawn: number
}
export interface LedgerReturn {
  id: string
  at: string
  type: string
  type_zh: string
  type_en: string
  request_id: string
  item_zh: string
  item_en: string
  unit: string
  actor: string
  reason: string
  note: string
}
/** Without what is not given, as an address wants it. */
export const given = (query: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1])))
/** 94.9494 as "94.9 %"; a count as it is; null: a dash. */
export function shown(kind: LedgerDefinition['kind'], percent: number | null, count: number | null): string {
  if (kind === 'count') return count === null ? '–' : String(count)
  if (percent === null) return '–'
  return kind === 'share' ? `${percent.toFixed(1)} %` : percent.toFixed(1)
}
/** How far it moved since the period before: in points of a share, in cases of a count. */
export function change(kind: LedgerDefinition['kind'], value: LedgerValue): string | null {
  const now = kind === 'count' ? value.net_numerator : value.net_percent
  if (now === null || value.before === null) return null
  const by = now - value.before
  return `${by > 0 ? '+' : ''}${kind === 'count' ? by : by.toFixed(1)}`
}
