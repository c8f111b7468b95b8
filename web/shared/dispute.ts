// SPDX-License-Identifier: MulanPSL-2.0
// A mediation case as the pages know it: its shapes, the forms its steps ask for, the drafts of minutes. Names come
// masked; what is sealed is fetched one part at a time, with a reason.
import type { CallOptions } from './api'
import { api } from './client'
import { addWords, t } from './i18n'
import { disputes } from './locales/disputes'

addWords(disputes)

export interface DisputeSummary {
  id: string
  version: number
  state: string
  state_zh: string
  state_en: string
  open: boolean
  category: string
  opened_at: string
  clock: string
  clock_from: string | null
  due_at: string | null
  overdue: boolean
  level: number
  escalated_to: string
  relation: 'desk' | 'mediator' | 'proposed' | 'overseer'
  place?: string
}
export interface DisputeParty {
  id: string
  side: string
  consent: string
  consent_at: string | null
  signed_at?: string | null
  name: string
  phone?: string
}
export interface DisputeSession {
  id: string
  planned_at: string
  room: string
  outcome: string
  held_at: string | null
  present: string[]
}
export interface DisputeAction {
  action: string
  label: string
  needs_note: boolean
  input: { properties?: Record<string, Schema>; required?: string[] } | null
}
interface Schema {
  type?: string | string[]
  format?: string
  enum?: string[]
  maxLength?: number
  minimum?: number
  maximum?: number
}
export interface Dispute extends DisputeSummary {
  source?: string
  request_id?: string | null
  request_open?: boolean
  accepted_at?: string | null
  extended?: number
  round?: number
  result?: string
  referral?: string
  ended_at?: string | null
  closed_at?: string | null
  parties?: DisputeParty[]
  mediators?: { person_id: string; name: string; standing: string; since: string; me: boolean }[]
  sessions?: DisputeSession[]
  agreements?: { round: number; written_at: string; agreed_at: string | null }[]
  terms?: { id: string; round: number; due_at: string | null }[]
  visits?: { id: string; round: number; due_at: string; done_at: string | null; result: string }[]
  media?: { id: string; kind: string; purpose: string; width: number; height: number; content_type: string }[]
  timeline?: { id: string; at: string; type: string; label_zh: string; label_en: string; by: string; noted: boolean }[]
  actions?: DisputeAction[]
}
export interface DisputeClear {
  text: string
  parties: { id: string; name: string; phone?: string; home: string; signed_name?: string }[] | null
  terms: { id: string; text: string; due_at: string | null }[] | null
}
export interface DisputeList {
  items: DisputeSummary[]
  next: string | null
}
interface Caller {
  get<T>(path: string, given?: CallOptions): Promise<T>
  post<T>(path: string, given?: CallOptions): Promise<T>
}
const call = api as unknown as Caller

export const disputeOf = (id: string): Promise<Dispute> => call.get('/api/v1/disputes/{id}', { path: { id } })
export const disputesOf = (query: Record<string, string | number | null>): Promise<DisputeList> => call.get('/api/v1/disputes', { query })
export const takeStep = (one: Dispute, action: string, body: Values): Promise<Dispute | null> =>
  call.post('/api/v1/disputes/{id}/actions/{action}', { path: { id: one.id, action }, version: one.version, body })
export const readPart = (id: string, body: { part: string; of?: string; round?: number; reason: string }): Promise<DisputeClear> =>
  call.post('/api/v1/disputes/{id}/read', { path: { id }, body })

// --- forms ----------------------------------------------------------------------------------------------------------
export type FieldKind = 'text' | 'long' | 'number' | 'day' | 'moment' | 'choice' | 'many' | 'yes' | 'post' | 'place' | 'media'
export interface Option {
  value: string
  label: string
}
export interface DisputeField {
  name: string
  kind: FieldKind
  label: string
  hint: string
  required: boolean
  max: number
  options: Option[]
}
export type Values = Record<string, unknown>

export const partyWords = (one: Dispute, id: string): string => {
  const party = one.parties?.find((p) => p.id === id)
  return party ? `${party.name} · ${t('dispute.side.' + party.side)}` : id
}
const kinds: Record<string, FieldKind> = {
  post_id: 'post', home_place_id: 'place', media: 'media', present: 'many', parties: 'many', party_id: 'choice', person_id: 'choice', session_id: 'choice', visit_id: 'choice', term_id: 'choice',
  note: 'long', minutes: 'long', planned_at: 'moment', signed_on: 'day', due_at: 'day', no_tie: 'yes', days: 'number',
}
const short = (at: string): string => at.slice(0, 16).replace('T', ' ')

/** What may be chosen where the server wants an id; `when` writes an instant as people of the page read it. */
function optionsOf(one: Dispute, action: string, name: string, schema: Schema, when: (at: string) => string): Option[] {
  if (['party_id', 'present', 'parties'].includes(name)) return (one.parties ?? []).map((p) => ({ value: p.id, label: partyWords(one, p.id) }))
  if (name === 'person_id') return (one.mediators ?? []).filter((m) => ['proposed', 'accepted'].includes(m.standing)).map((m) => ({ value: m.person_id, label: m.name }))
  if (name === 'session_id') return (one.sessions ?? []).filter((s) => s.outcome === 'planned').map((s) => ({ value: s.id, label: `${when(s.planned_at)} ${s.room}` }))
  if (name === 'visit_id') return (one.visits ?? []).filter((v) => v.round === one.round && v.result === 'planned').map((v) => ({ value: v.id, label: when(v.due_at) }))
  if (name === 'term_id') return (one.terms ?? []).filter((x) => x.round === one.round).map((x, at) => ({ value: x.id, label: t('dispute.term_n', at + 1) }))
  const not: Record<string, string[]> = { outcome: ['planned', 'cancelled'], consent: ['not_asked'], referral: action === 'agree' ? ['court', 'police', 'arbitration'] : ['judicial'] }
  return (schema.enum ?? []).filter((value) => !not[name]?.includes(value)).map((value) => ({ value, label: t(`dispute.${name}.${value}`) }))
}

const ORDER = ['session_id', 'party_id', 'person_id', 'visit_id', 'term_id', 'side', 'name', 'phone', 'home_place_id', 'door', 'consent', 'post_id', 'no_tie', 'planned_at', 'room', 'present', 'outcome', 'minutes', 'text', 'due_at', 'signed_name', 'signed_on', 'media', 'days', 'parties', 'referral', 'note']
export function fieldsOf(one: Dispute, action: DisputeAction, when: (at: string) => string = short): DisputeField[] {
  const properties = action.input?.properties ?? {}
  const required = new Set(action.input?.required ?? [])
  if (action.needs_note) required.add('note')
  return Object.entries(properties)
    .map(([name, schema]) => ({
      name,
      kind: kinds[name] ?? (schema.enum ? 'choice' : (schema.maxLength ?? 0) > 200 ? 'long' : 'text'),
      label: t(action.action === 'propose' && name === 'phone' ? 'dispute.field.or_phone' : 'dispute.field.' + name),
      hint: name === 'room' ? t('dispute.hint.room') : name === 'text' && action.action === 'write_agreement' ? t('dispute.hint.text') : '',
      required: required.has(name),
      max: schema.maxLength ?? schema.maximum ?? 0,
      options: optionsOf(one, action.action, name, schema, when),
    }))
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
}

/** One choice alone is made; all parties are taken to be there and to agree until somebody says otherwise of one. */
export const startOf = (fields: DisputeField[]): Values =>
  Object.fromEntries(
    fields.map((field) => [
      field.name,
      field.kind === 'many' || field.kind === 'media' ? (field.name === 'present' ? field.options.map((o) => o.value) : []) : field.kind === 'yes' ? false : field.kind === 'choice' && field.options.length === 1 ? field.options[0].value : field.name === 'signed_on' ? new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10) : '',
    ]),
  )
const empty = (value: unknown): boolean => value === '' || value === null || value === undefined || value === false || (Array.isArray(value) && !value.length)
export const missingOf = (fields: DisputeField[], values: Values): string[] =>
  fields.filter((field) => field.required && field.name !== 'present' && empty(typeof values[field.name] === 'string' ? (values[field.name] as string).trim() : values[field.name])).map((field) => field.name)
export function bodyOf(fields: DisputeField[], values: Values): Values {
  const body: Values = {}
  for (const { name, kind } of fields) {
    const value = values[name]
    if (empty(value)) continue
    if (kind === 'day') body[name] = new Date(`${String(value)}T${name === 'signed_on' ? '00' : '18'}:00:00+08:00`).toISOString()
    else if (kind === 'moment') body[name] = new Date(`${String(value)}:00+08:00`).toISOString()
    else body[name] = kind === 'number' ? Number(value) : typeof value === 'string' ? value.trim() : value
  }
  return body
}

// --- where it stands --------------------------------------------------------------------------------------------------
const AT: Record<string, number> = { opened: 0, accepted: 1, mediating: 2, agreed: 3, follow_up: 4, closed: 5, failed: 5, withdrawn: 5 }
export const stepOf = (state: string): number => AT[state] ?? 0
export const TONES: Record<string, string> = { opened: 'warn', accepted: 'info', mediating: 'info', agreed: 'ok', follow_up: 'ok', closed: 'ok', failed: 'grey', withdrawn: 'grey' }

// --- drafts: what a mediator writes where there is no network -----------------------------------------------------------
// Under the prefix that signing out clears. Only long texts; no name is put in by the page.
const DRAFT = 'linli.draft.dispute.'
export function keepDraft(key: string, text: string): boolean {
  try {
    if (text.trim()) localStorage.setItem(DRAFT + key, text)
    else localStorage.removeItem(DRAFT + key)
    return true
  } catch {
    return false // a full or forbidden store: the page still holds it
  }
}
export const draftOf = (key: string): string => {
  try {
    return localStorage.getItem(DRAFT + key) ?? ''
  } catch {
    return ''
  }
}
export const dropDraft = (key: string): void => void keepDraft(key, '')
