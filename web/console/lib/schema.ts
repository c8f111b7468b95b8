// SPDX-License-Identifier: MulanPSL-2.0
// Turns the JSON schema of an action into fields of a form, and what was filled in into the body to send.
import type { JsonSchema, RequestAction } from './types'

export type FieldKind = 'text' | 'long_text' | 'number' | 'rating' | 'date' | 'yes_no' | 'choice' | 'media' | 'post' | 'person' | 'place' | 'item'
export interface Field {
  name: string
  kind: FieldKind
  title: string // from the schema; '' when the words of the console are to be used
  required: boolean
  min: number | null // of a number; or the least length of a text
  max: number | null
  choices: (string | number)[]
}
export type Values = Record<string, unknown>

const special: Record<string, FieldKind> = { post_id: 'post', person_id: 'person', place_id: 'place', item_id: 'item', media: 'media', rating: 'rating', note: 'long_text' }

function kindOf(name: string, schema: JsonSchema): FieldKind {
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type
  if (special[name]) return special[name]
  if (schema.format === 'date-time') return 'date'
  if (schema.enum) return 'choice'
  if (type === 'boolean') return 'yes_no'
  if (type === 'integer' || type === 'number') return 'number'
  return (schema.maxLength ?? 0) > 120 ? 'long_text' : 'text'
}

/** A note that the flow asks for is a field even when the schema forgets it. What decides comes first, then words, then photos. */
export function fieldsOf(action: RequestAction): Field[] {
  const properties = { ...(action.input?.properties ?? {}) }
  const required = new Set(action.input?.required ?? [])
  if (action.needs_note) required.add('note')
  if (action.needs_note && !properties.note) properties.note = { type: 'string', maxLength: 1000 }
  const order = (name: string) => ['post_id', 'person_id', 'item_id', 'reason', 'until', 'units', 'master_id', 'outcome', 'rating', 'note', 'media', 'without_photo'].indexOf(name) + 1 || 3.5
  return Object.entries(properties)
    .map(([name, schema]) => {
      const kind = kindOf(name, schema)
      const text = kind === 'text' || kind === 'long_text'
      return {
        name, kind, title: schema.title ?? '', required: required.has(name),
        min: (text ? schema.minLength : schema.minimum) ?? (kind === 'rating' ? 1 : null),
        max: (kind === 'media' ? schema.maxItems : text ? schema.maxLength : schema.maximum) ?? (kind === 'rating' ? 5 : kind === 'media' ? 6 : null),
        choices: (schema.enum ?? []).filter((choice) => choice !== 'none'), // none is what is there before anybody chose
      }
    })
    .sort((a, b) => order(a.name) - order(b.name))
}

export function emptyValues(fields: Field[]): Values {
  return Object.fromEntries(fields.map((field) => [field.name, field.kind === 'media' ? [] : field.kind === 'yes_no' ? false : field.kind === 'number' || field.kind === 'rating' ? null : '']))
}

const missing = (value: unknown) => value === null || value === undefined || value === '' || (typeof value === 'string' && !value.trim()) || (Array.isArray(value) && !value.length)

const measured: readonly FieldKind[] = ['text', 'long_text', 'number', 'rating', 'media']

/** What is wrong, by field: the key of a sentence and its argument. */
export function faultsOf(fields: Field[], values: Values): Record<string, { key: string; args: number[] }> {
  const faults: Record<string, { key: string; args: number[] }> = {}
  for (const { name, kind, required, min, max } of fields) {
    const value = values[name]
    if (missing(value)) {
      if (required) faults[name] = { key: 'fault.missing', args: [] }
      continue
    }
    if (!measured.includes(kind)) continue
    const size = kind === 'text' || kind === 'long_text' ? [...String(value).trim()].length : Array.isArray(value) ? value.length : Number(value)
    const what = kind === 'text' || kind === 'long_text' ? 'length' : kind === 'media' ? 'count' : 'number'
    if (Number.isNaN(size)) faults[name] = { key: 'fault.number', args: [] }
    else if (min !== null && size < min) faults[name] = { key: `fault.${what}_min`, args: [min] }
    else if (max !== null && size > max) faults[name] = { key: `fault.${what}_max`, args: [max] }
  }
  return faults
}

/** The body: only what was filled in (the server refuses members it does not know and empty ids). */
export function bodyOf(fields: Field[], values: Values): Values {
  const body: Values = {}
  for (const { name, kind } of fields) {
    const value = values[name]
    if (missing(value) || (kind === 'yes_no' && value === false)) continue
    body[name] = kind === 'date' ? new Date(`${String(value)}T18:00:00+08:00`).toISOString() : kind === 'number' || kind === 'rating' ? Number(value) : typeof value === 'string' ? value.trim() : value
  }
  return body
}

export const touched = (fields: Field[], values: Values): boolean => Object.keys(bodyOf(fields, values)).length > 0
