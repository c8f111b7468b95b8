// SPDX-License-Identifier: MulanPSL-2.0
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test } from 'vitest'
import { doorCode } from '../resident/door'
import { emptyDraft, forget, isEmpty, loadFiles, loadText, saveFiles, saveText } from '../resident/draft'
import { forgetPersonal, keep, keptAll } from '../shared/keep'
import { Shelf } from './doubles'

beforeEach(() => void (globalThis.localStorage = new Shelf()))
const DAY = 86_400_000

describe('draft', () => {
  test('words come back letter by letter, per door', () => {
    for (const words of ['漏', '漏水', '漏水了 👨‍👩‍👧']) {
      saveText('D1', { ...emptyDraft(), words })
      expect(loadText('D1').words).toBe(words)
    }
    expect(loadText('D2').words).toBe('')
  })

  test('is forgotten after two weeks, and when sent', async () => {
    saveText('D1', { ...emptyDraft(), words: '漏' })
    expect(loadText('D1', Date.now() + 13 * DAY).words).toBe('漏')
    expect(loadText('D1', Date.now() + 15 * DAY).words).toBe('')
    expect(localStorage.getItem('linli.draft.D1')).toBeNull()
    saveText('D1', { ...emptyDraft(), words: '漏' })
    await forget('D1')
    expect(loadText('D1').words).toBe('')
  })

  test('a torn record counts as none', () => {
    localStorage.setItem('linli.draft.D1', '{"words":"漏')
    expect(loadText('D1')).toEqual(emptyDraft())
  })

  test('photos and voice survive a reload', async () => {
    const voice = new Blob(['voice'], { type: 'audio/webm' })
    await saveFiles('D1', { photos: [new Blob(['a']), new Blob(['bb'])], voice })
    const found = await loadFiles('D1')
    expect(found.photos).toHaveLength(2)
    expect(found.voice).not.toBeNull()
    expect(isEmpty(emptyDraft(), found)).toBe(false)
    await forget('D1')
    expect(isEmpty(emptyDraft(), await loadFiles('D1'))).toBe(true)
  })

  test('at signing out nothing of the person stays on the phone', async () => {
    localStorage.setItem('linli.lang', 'zh')
    saveText('D1', { ...emptyDraft(), words: '漏' })
    await saveFiles('D1', { photos: [new Blob(['a'])], voice: null })
    await keep('outbox', 'k', { key: 'k' })
    await keep('acts', 'k', { key: 'k' })
    await keep('seen', 'r.R', { id: 'R' })
    await forgetPersonal()
    expect(loadText('D1').words).toBe('')
    for (const table of ['draft', 'outbox', 'acts', 'seen'] as const) expect(await keptAll(table)).toEqual([])
    expect(localStorage.getItem('linli.lang')).toBe('zh')
  })
})

describe('door code', () => {
  test.each([
    ['7K3M9QWX2T5V8ABC', '7K3M9QWX2T5V8ABC'],
    [' 7k3m-9qwx 2t5v-8abc ', '7K3M9QWX2T5V8ABC'],
    ['oil0', '0110'], // Crockford: O is 0, I and L are 1
    ['https://x.example/q/7K3M9QWX2T5V8ABC?from=poster', '7K3M9QWX2T5V8ABC'],
    ['', ''],
  ])('%j is %j', (typed, code) => expect(doorCode(typed)).toBe(code))
})
