// SPDX-License-Identifier: MulanPSL-2.0
import { describe, expect, it } from 'vitest'
import { apiQuery, day, filtersFrom, howMany, noFilters, queryOf, searchable, type Filters } from './filters'
import { requestKinds, requestSources, requestStates } from './types'

/** A small generator of our own, so that a failure can be run again with its seed. */
function random(seed: number): () => number {
  let state = seed
  return () => ((state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32)
}
describe('filters in the address', () => {
  it('come back as they went, for any choice', () => {
    const next = random(20261124)
    const one = <T>(of: readonly T[]) => of[Math.floor(next() * of.length)]
    for (let turn = 0; turn < 500; turn++) {
      const filters: Filters = {
        place: one(['', '0D3Q8ZK2M1A7XY']), item: one(['', '0D3Q8ZK2M1A7XZ']), kind: one(['', ...requestKinds]), source: one(['', ...requestSources]),
        state: requestStates.filter(() => next() < 0.3), q: one(['', '漏水', 'a b & c=d', '100%']), from: one(['', '2026-01-31']), to: one(['', '2026-02-28']),
        open: next() < 0.5, overdue: next() < 0.5, due_soon: next() < 0.5, unsatisfied: next() < 0.5, to_decide: next() < 0.5, escalated: next() < 0.5,
      }
      const address = new URLSearchParams(queryOf(filters)).toString()
      expect(filtersFrom(Object.fromEntries(new URLSearchParams(address)))).toEqual(filters)
    }
  })
  it('drop what makes no sense', () => {
    expect(filtersFrom({ state: 'closed,nonsense', kind: 'x', place: '../etc', from: '2026-02-30', overdue: 'yes', q: ['夜里', 'b'] })).toEqual({ ...noFilters(), state: ['closed'], q: '夜里' })
  })
  it('an empty filter has an empty address', () => {
    expect(queryOf(noFilters())).toEqual({})
    expect(howMany(noFilters())).toBe(0)
  })
  it('a search wants two characters, also of those outside the first plane', () => {
    expect([searchable(''), searchable('水'), searchable('𠮷'), searchable('漏水'), searchable(' a ')]).toEqual([true, false, false, true, false])
    expect(apiQuery({ ...noFilters(), q: '水' }).q).toBeUndefined()
  })
  it('days here become instants: the last day is whole', () => {
    const asked = apiQuery({ ...noFilters(), from: '2026-11-24', to: '2026-11-24' })
    expect(asked).toEqual({ from: '2026-11-23T16:00:00.000Z', to: '2026-11-24T16:00:00.000Z' })
  })
  it('knows a calendar day', () => {
    expect([day('2028-02-29'), day('2026-02-29'), day('24.11.2026')]).toEqual(['2028-02-29', '', ''])
  })
})
