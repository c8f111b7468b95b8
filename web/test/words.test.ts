// SPDX-License-Identifier: MulanPSL-2.0
// Both languages whole, in every app, and no key used that nobody wrote.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { words as resident } from '../resident/words'
import { ApiError } from '../shared/api'
import { kindWords } from '../shared/errors'
import { addWords, lang, pick, setLang, t } from '../shared/i18n'
import { disputes } from '../shared/locales/disputes'
import { shared } from '../shared/locales/shared'
import { words as worker } from '../worker/words'

const root = fileURLToPath(new URL('..', import.meta.url))
const all = { shared, disputes, resident, worker }
afterEach(() => setLang('zh'))

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((one) =>
    one.isDirectory() ? sources(join(folder, one.name)) : /\.(vue|ts)$/.test(one.name) && !/words|locales|\.gen/.test(one.name) ? [join(folder, one.name)] : [],
  )
}

describe('words', () => {
  test.each(Object.entries(all))('%s: the same keys in both languages, none empty, the same places to fill', (_name, locale) => {
    expect(Object.keys(locale.en).sort()).toEqual(Object.keys(locale.zh).sort())
    for (const [key, zh] of Object.entries(locale.zh)) {
      const holes = (text: string) => [...new Set(text.match(/\{\d\}/g) ?? [])].sort()
      expect(zh.trim(), key).not.toBe('')
      expect(locale.en[key].trim(), key).not.toBe('')
      expect(holes(locale.en[key]), key).toEqual(holes(zh))
    }
  })

  test('English has no Chinese in it but the name of the language, and Chinese is Chinese', () => {
    const spoken = ['lang.switch', 'lang.switch_label', 'me.language']
    for (const locale of Object.values(all))
      for (const [key, en] of Object.entries(locale.en))
        if (!spoken.includes(key)) expect(en, key).not.toMatch(/[\u4e00-\u9fff]/)
  })

  test.each([
    ['resident', { ...shared.zh, ...resident.zh }],
    ['worker', { ...shared.zh, ...disputes.zh, ...worker.zh }],
    ['shared', { ...shared.zh, ...disputes.zh, ...resident.zh, ...worker.zh }],
  ])('%s: every key used in the pages exists', (folder, known) => {
    const missing = sources(folder).flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/\bt\('([\w.]+)'/g)].map((match) => match[1]).filter((key) => !/[._]$/.test(key) && !(key in known)).map((key) => `${file}: ${key}`),
    )
    expect(missing).toEqual([])
  })

  test('fills in, falls back, and picks the field of the language', () => {
    addWords({ zh: { 'x.a': '还有 {0}，{1}', 'x.only': '只有中文' }, en: { 'x.a': '{1} and {0}' } })
    expect(t('x.a', 3, 'b')).toBe('还有 3，b')
    setLang('en')
    expect(lang.value).toBe('en')
    expect(t('x.a', 3, 'b')).toBe('b and 3')
    expect(t('x.only')).toBe('只有中文')
    expect(t('x.nobody')).toBe('x.nobody')
    expect(pick({ name_zh: '水管', name_en: 'Pipe' }, 'name')).toBe('Pipe')
    expect(pick({ name_zh: '水管', name_en: '' }, 'name')).toBe('水管')
  })

  test('every error has a sentence a person can use', () => {
    expect(kindWords(new ApiError(0, 'net.offline', ''))).toContain('网络')
    expect(kindWords(new ApiError(409, 'x', '赵*先签收了'))).toBe('赵*先签收了')
    expect(kindWords(new ApiError(409, 'x', '赵*已于 2020-03-01T07:32:22.763Z 签收。'))).toMatch(/2020年3月1日.*15:32 签收/)
    for (const status of [401, 403, 404, 409, 413, 423, 429, 503, 418, 500]) expect(kindWords(new ApiError(status, 'x', ''))).toMatch(/[\u4e00-\u9fff]/)
    expect(kindWords(new TypeError('undefined is not a function'))).toBe(t('error.unknown'))
  })
})
