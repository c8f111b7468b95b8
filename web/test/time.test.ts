// SPDX-License-Identifier: MulanPSL-2.0
import { afterEach, describe, expect, test } from 'vitest'
import { mix, tokensCss } from '../build/tokens'
import { setLang } from '../shared/i18n'
import { ago, dayTime, grouped, remaining, span } from '../shared/time'
import tokens from '../tokens.json'

const now = Date.parse('2026-11-24T15:30:00Z') // 23:30 in China
const HOUR = 3_600_000
afterEach(() => setLang('zh'))

describe('time', () => {
  test("the day is China's, whatever the phone says", () => {
    expect(dayTime('2026-11-24T15:59:00Z', now)).toBe('今天 23:59')
    expect(dayTime('2026-11-24T16:01:00Z', now)).toBe('明天 00:01')
    expect(dayTime('2026-11-23T15:59:00Z', now)).toBe('昨天 23:59')
    expect(dayTime('2026-11-27T09:00:00Z', now)).toMatch(/^11月27日\s?周五 17:00$/)
    expect(dayTime('2027-01-04T01:00:00Z', now)).toContain('2027年')
    setLang('en')
    expect(dayTime('2026-11-27T09:00:00Z', now)).toMatch(/Fri.*27 Nov.*17:00/)
  })
  test('lengths in at most two units', () => {
    expect(span(20_000)).toBe('1 分钟')
    expect(span(59 * 60_000)).toBe('59 分钟')
    expect(span(5 * HOUR)).toBe('5 小时')
    expect(span(27 * HOUR)).toBe('1 天 3 小时')
    expect(span(24 * HOUR * 9.6)).toBe('10 天')
  })
  test('what is left and what is late', () => {
    expect(remaining(new Date(now + 6 * HOUR).toISOString(), now)).toBe('还有 6 小时')
    expect(remaining(new Date(now - 2 * HOUR).toISOString(), now)).toBe('已超时 2 小时')
    expect(remaining(null, now)).toBe('没有时限')
    expect(ago(new Date(now - 1000).toISOString(), now)).toBe('刚刚')
  })
  test('a number one can read out', () => expect(grouped('01JD8X2KM4Q103')).toBe('01JD 8X2K M4Q1 03'))
})

describe('tokens', () => {
  function luminance(colour: string): number {
    const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    const [r, g, b] = parts.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  function contrast(a: string, b: string): number {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y)
    return (light + 0.05) / (dark + 0.05)
  }
  const c = tokens.color as Record<string, string>
  test.each([
    ['ink', 'paper'], ['ink', 'ground'], ['ink-2', 'paper'], ['ink-2', 'ground'], ['on-brand', 'brand'], ['brand', 'paper'], ['brand', 'ground'],
    ['brand', 'brand-soft'], ['ok', 'ok-soft'], ['warn', 'warn-soft'], ['danger', 'danger-soft'], ['info', 'info-soft'], ['paper', 'ok'], ['paper', 'danger'],
  ])('%s on %s reads: at least 4.5 to 1', (front, back) => expect(contrast(c[front], c[back])).toBeGreaterThanOrEqual(4.5))
  test('lines of fields and the focus are seen: at least 3 to 1', () => {
    for (const back of ['paper', 'ground']) for (const front of ['line', 'focus']) expect(contrast(c[front], c[back])).toBeGreaterThanOrEqual(3)
  })
  test('become CSS, with the names Element Plus expects', () => {
    const css = tokensCss(tokens)
    expect(css).toContain('--c-brand: #b3161b;')
    expect(css).toContain('--el-color-primary: #b3161b;')
    expect(css).toContain(`--el-color-primary-light-3: ${mix('#b3161b', 0.3)};`)
    expect(mix('#000000', 0.5)).toBe('#808080')
    expect(() => tokensCss({ ...tokens, element: { 'color-primary': 'nobody' } })).toThrow('nobody')
  })
})
