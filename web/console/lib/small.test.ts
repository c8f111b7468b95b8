// SPDX-License-Identifier: MulanPSL-2.0
import { encode } from 'uqr'
import { describe, expect, it } from 'vitest'
import { dataLines, faultWords } from './audit'
import { dueOf } from './due'
import { dayHere, fullTime, groups, secondTime, shortTime, span, spanWords } from './format'
import { changes, itemBody, itemValues } from './items'
import { pagesOf } from './keyset'
import { inParallel } from './load'
import { passwordFault } from './password'
import { otpauth, qrPath } from './secrets'
import { holderOn } from './terms'
import type { Item, RequestState, RequestSummary, Term } from './types'
import { urgentFirst } from './urgent'
import { marked } from './wish'

const NOW = Date.parse('2026-11-24T06:00:00.000Z')
const hours = (n: number) => new Date(NOW + n * 3600_000).toISOString()

describe('deadlines', () => {
  const of = (due_at: string | null, state: RequestState = 'in_progress', overdue = false) => dueOf({ due_at, state, overdue }, NOW)
  it('are over, soon within a day, or far', () => {
    expect([of(hours(-1)), of(hours(23)), of(hours(25)), of(null)]).toEqual(['over', 'soon', 'ok', 'none'])
  })
  it('stop with the work', () => {
    expect([of(hours(-1), 'callback'), of(hours(-1), 'closed', true), of(hours(-1), 'rejected')]).toEqual(['done', 'over', 'done'])
  })
  it('order the most urgent first, each once, the finished left out', () => {
    const row = (id: string, due_at: string, state: RequestState = 'dispatched') => ({ id, due_at, state, overdue: false }) as RequestSummary
    const rows = [row('far', hours(90)), row('late', hours(-2)), row('soon', hours(3)), row('later', hours(-9)), row('late', hours(-2)), row('done', hours(-50), 'handled')]
    expect(urgentFirst(rows, NOW).map(({ id }) => id)).toEqual(['later', 'late', 'soon', 'far'])
  })
})
describe('times are those of the district', () => {
  it('whatever the clock of this machine says', () => {
    expect(fullTime('2026-12-31T16:05:09.000Z')).toBe('2027-01-01 00:05')
    expect(secondTime('2026-12-31T16:05:09.000Z')).toBe('2027-01-01 00:05:09')
    expect(dayHere(new Date('2026-11-24T15:59:59Z'))).toBe('2026-11-24')
    expect(dayHere(new Date('2026-11-24T16:00:00Z'))).toBe('2026-11-25')
  })
  it('leave out this year, and what is no time', () => {
    expect(shortTime('2026-11-24T06:05:00Z', new Date(NOW))).toBe('11-24 14:05')
    expect(shortTime('2025-11-24T06:05:00Z', new Date(NOW))).toBe('2025-11-24 14:05')
    expect([shortTime(null), fullTime('nonsense')]).toEqual(['', ''])
  })
  it('tell a span in its two largest parts', () => {
    const far = (n: number, lang: 'zh' | 'en') => spanWords(span(hours(n), new Date(NOW)), lang)
    expect([far(-25.5, 'zh'), far(2.25, 'en'), far(0.5, 'zh'), far(300, 'en')]).toEqual(['1 天 1 小时', '2 h 15 min', '30 分钟', '12 d'])
  })
})
describe('pages by cursor', () => {
  it('lead older and back again', () => {
    const first = pagesOf({})
    const second = pagesOf(first.older('B'))
    const third = pagesOf(second.older('C'))
    expect([second.current, third.current, third.newer, pagesOf(third.newer).newer]).toEqual(['B', 'C', { before: 'B' }, {}])
  })
  it('ignore what is no cursor', () => {
    expect(pagesOf({ before: '<script>', trail: 'a,b' })).toMatchObject({ current: '', trail: [] })
  })
})
describe('a service item', () => {
  const item = { id: '1', version: 1, code: 'repair.water', kind: 'repair', name_zh: '漏水', name_en: 'Leak', hint_zh: '', hint_en: '', route_role: 'steward', route_org_id: 'U', unit: 'day', budget: 3, staff_verifies: true, private_always: false, sort: 4, closed: false } as Item
  it('is changed only where it differs', () => {
    const before = itemValues(item)
    expect(itemBody(changes(before, { ...before, budget: '5', staff_verifies: false, route_org_id: '' }), false)).toEqual({ budget: 5, staff_verifies: false, route_org_id: null })
    expect(changes(before, { ...before })).toEqual({})
  })
  it('is made without what was left empty', () => {
    const body = itemBody({ ...itemValues(null), code: 'a.b', name_zh: ' 甲 ', name_en: 'A' }, true)
    expect(body).toEqual({ code: 'a.b', kind: 'repair', name_zh: '甲', name_en: 'A', route_role: 'steward', unit: 'work_day', budget: 3 })
  })
})
describe('secrets', () => {
  it('become the address an authenticator reads', () => {
    expect(otpauth('邻里', 'wang.fang', 'ABCD EFGH')).toBe('otpauth://totp/%E9%82%BB%E9%87%8C:wang.fang?secret=ABCDEFGH&issuer=%E9%82%BB%E9%87%8C&algorithm=SHA1&digits=6&period=30')
  })
  it('are drawn with every dark module once', () => {
    const { data, size } = encode('otpauth://totp/x', { ecc: 'M', border: 0 })
    const drawn = Array.from({ length: size }, () => Array<boolean>(size).fill(false))
    for (const [, x, y, width] of qrPath(data).matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) for (let i = 0; i < Number(width); i++) drawn[Number(y)][Number(x) + i] = true
    expect(drawn).toEqual(data)
  })
  it('ask for a password that is long and new', () => {
    expect([passwordFault('', 'a'), passwordFault('aaaaaaaaaaa1', 'aaaaaaaaaaa1'), passwordFault('abcdefghijkl', ''), passwordFault('楼栋长家里有2只猫猫猫猫', '')]).toEqual(['fault.missing', 'password.same', 'password.weak', null])
  })
})
describe('small things', () => {
  it('who held a post on a day', () => {
    const terms = [{ id: '2', from: '2026-03-01T02:00:00Z', to: null }, { id: '1', from: '2025-01-01T00:00:00Z', to: '2026-01-31T16:00:00Z' }] as Term[]
    expect([holderOn(terms, '2026-03-01')?.id, holderOn(terms, '2026-02-01'), holderOn(terms, '2026-01-31')?.id, holderOn(terms, '2024-12-31')]).toEqual(['2', undefined, '1', undefined])
  })
  it('the data of an event, sealed boxes only named', () => {
    expect(dataLines({ from: 'filed', note_box: 'beef', post: { id: 1 } })).toEqual(['from: filed', 'note_box: •••', 'post: {"id":1}'])
    expect(dataLines('{"a":"b"}')).toEqual(['a: b'])
    expect([dataLines(null), dataLines('')]).toEqual([[], []])
    expect([faultWords(null), faultWords('event 5: hash'), faultWords({ id: '5', what: 'hash' })]).toEqual(['', 'event 5: hash', '5 · hash'])
  })
  it('door codes are read in fours', () => {
    expect(groups('A1B2C3D4E5F6G7H8')).toBe('A1B2 C3D4 E5F6 G7H8')
  })
  it('work in parallel keeps its order and its bound', async () => {
    let running = 0
    let most = 0
    const answers = await inParallel([5, 1, 3, 2, 4], 2, async (n) => {
      most = Math.max(most, ++running)
      await new Promise((done) => setTimeout(done, n))
      running--
      return n * 10
    })
    expect([answers, most]).toEqual([[50, 10, 30, 20, 40], 2])
  })
})

describe('what may tell who wishes', () => {
  const marks = (words: string) => marked(words).filter((part) => part.mark).map((part) => part.text)
  it('is marked: numbers, doors, how somebody is called', () => {
    expect(marks('张奶奶住3栋2单元，电话13800001234，想要一台收音机')).toEqual(['张奶奶', '3栋', '2单元', '13800001234'])
    expect(marks('想要2本书')).toEqual([])
  })
  it('loses nothing of the words', () => {
    for (const words of ['', '三楼', 'a三楼b', '12345']) expect(marked(words).map((part) => part.text).join('')).toBe(words)
  })
})
