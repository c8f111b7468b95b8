// SPDX-License-Identifier: MulanPSL-2.0
import { describe, expect, it } from 'vitest'
import { bodyOf, emptyValues, faultsOf, fieldsOf, touched } from './schema'
import type { RequestAction } from './types'

const note = { type: 'string', maxLength: 2000 }
const finish: RequestAction = {
  action: 'finish', label: '办结', needs_note: true,
  input: { type: 'object', properties: { media: { type: 'array', items: { type: 'string' }, maxItems: 6 }, note, without_photo: { type: 'string', maxLength: 200 } } },
}
const rate: RequestAction = { action: 'rate', label: '评价', needs_note: false, input: { type: 'object', properties: { note, rating: { type: 'integer', minimum: 1, maximum: 5 } }, required: ['rating'] } }

describe('the form of an action', () => {
  it('has a field for each member, in the order people fill them in', () => {
    expect(fieldsOf(finish).map(({ name, kind }) => `${name}:${kind}`)).toEqual(['note:long_text', 'media:media', 'without_photo:long_text'])
    expect(fieldsOf(rate).map(({ name }) => name)).toEqual(['rating', 'note'])
  })
  it('asks for the note that the flow needs, also where the schema has none', () => {
    const [field] = fieldsOf({ action: 'return', label: '退回', needs_note: true, input: null })
    expect(field).toMatchObject({ name: 'note', required: true, kind: 'long_text' })
  })
  it('has no fields where nothing is asked', () => {
    expect(fieldsOf({ action: 'file', label: '受理', needs_note: false, input: null })).toEqual([])
  })
  it('sends only what was filled in', () => {
    const fields = fieldsOf(finish)
    const values = { ...emptyValues(fields), note: '  修好了 ' }
    expect(bodyOf(fields, values)).toEqual({ note: '修好了' })
    expect(bodyOf(fieldsOf(rate), { rating: '4', note: '' })).toEqual({ rating: 4 })
  })
  it('names what is missing, too long, or too much', () => {
    const fields = fieldsOf(finish)
    expect(faultsOf(fields, emptyValues(fields))).toEqual({ note: { key: 'fault.missing', args: [] } })
    expect(faultsOf(fields, { note: '好'.repeat(2001), media: [] })).toEqual({ note: { key: 'fault.length_max', args: [2000] } })
    expect(faultsOf(fields, { note: '好', media: Array(7).fill('x') })).toEqual({ media: { key: 'fault.count_max', args: [6] } })
    expect(faultsOf(fieldsOf(rate), { rating: 9 })).toEqual({ rating: { key: 'fault.number_max', args: [5] } })
  })
  it('takes an id for an id: it has no size', () => {
    const fields = fieldsOf({ action: 'transfer', label: '转派', needs_note: false, input: { properties: { post_id: { type: 'string', minLength: 14, maxLength: 14 } }, required: ['post_id'] } })
    expect(faultsOf(fields, { post_id: '06YTE7KK00001T' })).toEqual({})
    expect(faultsOf(fields, { post_id: '' })).toEqual({ post_id: { key: 'fault.missing', args: [] } })
  })
  it('counts characters, not halves of them', () => {
    const fields = fieldsOf({ action: 'x', label: '', needs_note: false, input: { properties: { words: { type: 'string', maxLength: 2 } } } })
    expect(faultsOf(fields, { words: '𠮷𠮷' })).toEqual({})
  })
  it('knows whether anything was written', () => {
    const fields = fieldsOf(finish)
    expect([touched(fields, emptyValues(fields)), touched(fields, { note: '好' })]).toEqual([false, true])
  })
})
