// SPDX-License-Identifier: MulanPSL-2.0
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createApi } from '../shared/api'
import { dropAll, keptAll } from '../shared/keep'
import { createOutbox, type Outgoing } from '../shared/outbox'
import { answer, script } from './doubles'

const photo = () => ({ key: 'upload-1', name: 'photo-1.jpg', blob: new Blob(['jpeg'], { type: 'image/jpeg' }) })
const wish = (files = [photo()]) => ({ key: 'request-1', title: '水管漏水', body: { item: 'I', door: 'D', words: '漏' }, files })

function box(me: string | null, ...turns: Parameters<typeof script>) {
  const { transport, asked } = script(...turns)
  const state = { me, online: true }
  const api = createApi({ transport, language: () => 'zh', wait: async () => undefined })
  const outbox = createOutbox({ api, me: () => state.me, online: () => state.online })
  const sent: string[] = []
  outbox.onSent((_entry, request) => sent.push(request.id))
  return { outbox, asked, state, sent }
}
const keys = (asked: { headers: Record<string, string> }[]) => asked.map((one) => one.headers['Idempotency-Key'])

beforeEach(() => dropAll('outbox'))

describe('outbox', () => {
  test('sends photos first, then the request with their ids, and keeps nothing', async () => {
    const { outbox, asked, sent } = box('P', answer(201, { id: 'M1' }), answer(201, { id: 'R1' }))
    await expect(outbox.send(wish())).resolves.toMatchObject({ sent: { id: 'R1' } })
    expect(asked.map((one) => one.url)).toEqual(['/api/v1/media', '/api/v1/requests'])
    expect(JSON.parse(asked[1].body as string)).toEqual({ item: 'I', door: 'D', words: '漏', media: ['M1'] })
    expect(await keptAll('outbox')).toEqual([])
    expect(sent).toEqual(['R1'])
  })

  test('without a network it stays, and is sent once when it is back, by a page opened later', async () => {
    const first = box('P')
    first.state.online = false
    await expect(first.outbox.send(wish())).resolves.toEqual({ waits: true })
    expect(first.asked).toEqual([])
    const later = box('P', answer(201, { id: 'M1' }), answer(201, { id: 'R1' }))
    await later.outbox.load()
    expect(later.outbox.waiting.value.map((one) => one.title)).toEqual(['水管漏水'])
    await Promise.all([later.outbox.flush(), later.outbox.flush()])
    await later.outbox.flush()
    expect(keys(later.asked)).toEqual(['upload-1', 'request-1'])
    expect(later.outbox.entries.value).toEqual([])
  })

  test('a network lost between photo and request: the photo is not sent again, the key stays', async () => {
    const { outbox, asked } = box('P', answer(201, { id: 'M1' }), 'down', answer(201, { id: 'R1' }))
    await expect(outbox.send(wish())).resolves.toEqual({ waits: true })
    await outbox.flush()
    expect(keys(asked)).toEqual(['upload-1', 'request-1', 'request-1'])
    expect(JSON.parse(asked[2].body as string).media).toEqual(['M1'])
  })

  test('written before signing in, it waits for whoever signs in', async () => {
    const { outbox, state, sent } = box(null, answer(201, { id: 'R1' }))
    await expect(outbox.send(wish([]))).resolves.toEqual({ waits: true })
    await outbox.flush()
    expect(sent).toEqual([])
    state.me = 'P'
    await outbox.flush()
    expect(sent).toEqual(['R1'])
  })

  test("never sends one person's request as another", async () => {
    const { outbox, state, asked } = box('P')
    state.online = false
    await outbox.send(wish([]))
    state.online = true
    state.me = 'Q'
    await outbox.flush()
    expect(asked).toEqual([])
    expect(outbox.waiting.value).toHaveLength(1)
  })

  test('a refusal is kept with its reason and not sent again', async () => {
    const { outbox, asked } = box('P', answer(400, { key: 'request.words_empty', title: '请写几个字', field: 'words' }))
    await expect(outbox.send(wish([]))).resolves.toMatchObject({ refused: { field: 'words' } })
    await outbox.flush()
    expect(asked).toHaveLength(1)
    expect((await keptAll<Outgoing>('outbox'))[0].refused).toBe('请写几个字')
    await outbox.remove('request-1')
    expect(await keptAll('outbox')).toEqual([])
  })

  test('an ended session lets it wait', async () => {
    const { outbox } = box('P', answer(401, { key: 'account.signed_out', title: '请登录' }))
    await expect(outbox.send(wish([]))).resolves.toEqual({ waits: true })
    expect(outbox.waiting.value).toHaveLength(1)
  })
})
