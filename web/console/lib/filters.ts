// SPDX-License-Identifier: MulanPSL-2.0
// The filters of the requests list live in the address, so that reload, back and a shared link keep them.
// The address uses the same names as the API.
import { requestKinds, requestSources, requestStates } from './types'

export interface Filters {
  place: string
  state: string[]
  kind: string
  item: string
  source: string
  q: string
  from: string // yyyy-mm-dd, a day here
  to: string
  open: boolean
  overdue: boolean
  due_soon: boolean
  unsatisfied: boolean
  to_decide: boolean
  escalated: boolean
}
export type Query = Record<string, string | null | undefined | (string | null)[]>

export const flags = ['open', 'overdue', 'due_soon', 'unsatisfied', 'to_decide', 'escalated'] as const

export const noFilters = (): Filters => ({
  place: '', state: [], kind: '', item: '', source: '', q: '', from: '', to: '', open: false, overdue: false, due_soon: false, unsatisfied: false, to_decide: false, escalated: false,
})

const first = (value: Query[string]): string => (Array.isArray(value) ? value[0] : value) ?? ''
const flag = (value: Query[string]) => first(value) === '1'
const among = (value: string, allowed: readonly string[]) => (allowed.includes(value) ? value : '')
const id = (value: string) => (/^[0-9A-Za-z]{1,32}$/.test(value) ? value : '')

/** A calendar day as yyyy-mm-dd, or '' for anything else (2026-02-30 too). */
export function day(value: string): string {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value)
  if (!found) return ''
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value) ? value : ''
}

/** Reads an address; what makes no sense is dropped, never sent on. */
export function filtersFrom(query: Query): Filters {
  const states = first(query.state).split(',').filter((state) => among(state, requestStates))
  return {
    place: id(first(query.place)),
    state: requestStates.filter((state) => states.includes(state)),
    kind: among(first(query.kind), requestKinds),
    item: id(first(query.item)),
    source: among(first(query.source), requestSources),
    q: first(query.q).slice(0, 100),
    from: day(first(query.from)),
    to: day(first(query.to)),
    open: flag(query.open),
    overdue: flag(query.overdue),
    due_soon: flag(query.due_soon),
    unsatisfied: flag(query.unsatisfied),
    to_decide: flag(query.to_decide),
    escalated: flag(query.escalated),
  }
}

/** The shortest address that says the same: what is not filtered does not appear. */
export function queryOf(filters: Filters): Record<string, string> {
  const query: Record<string, string> = {}
  for (const name of ['place', 'kind', 'item', 'source', 'from', 'to'] as const) if (filters[name]) query[name] = filters[name]
  if (filters.q.trim()) query.q = filters.q.trim()
  if (filters.state.length) query.state = requestStates.filter((state) => filters.state.includes(state)).join(',')
  for (const name of flags) if (filters[name]) query[name] = '1'
  return query
}

/** A search wants two characters or more: one Chinese character alone is in nearly every request. */
export function searchable(q: string): boolean {
  const text = q.trim()
  if (!text) return true
  return [...text].length >= 2
}

/** Days here become the instants the API wants: at or after the first of `from`, before the first of the day after `to`. */
export function apiQuery(filters: Filters, offset = '+08:00'): Record<string, string> {
  const query = queryOf(filters)
  if (query.q && !searchable(query.q)) delete query.q
  if (query.from) query.from = new Date(`${query.from}T00:00:00.000${offset}`).toISOString()
  if (query.to) query.to = new Date(Date.parse(`${query.to}T00:00:00.000${offset}`) + 86_400_000).toISOString()
  return query
}

export const howMany = (filters: Filters): number => Object.keys(queryOf(filters)).length
