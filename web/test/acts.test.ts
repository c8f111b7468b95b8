// SPDX-License-Identifier: MulanPSL-2.0
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createActs } from '../shared/acts'
import { createApi } from '../shared/api'
import { dropAll } from '../shared/keep'
import { answer, script } from './doubles'

const step = (action: string, version = 3) => ({ request: 'R', title: '水管漏水', action, body: {}, version, files: [] })
function queue(...turns: Parameters<typeof script>) {
  const { transport, asked } = script(...turns)
  const state = { online: true }
  const api = createApi({ transport, language: () => 'zh', wait: async () => undefined })
  return { acts: createActs({ api, me: () => 'P', online: () => state.online }), asked, state }
}
beforeEach(() => dropAll('acts'))

describe('acts', () => {
  test('done at once when there is a network', async () => {
    const { acts, asked } = queue(answer(200, { id: 'R', version: 4 }))
    await expect(acts.act(step('sign'))).resolves.toMatchObject({ done: { version: 4 } })
    expect(asked[0].headers['If-Match']).toBe('"3"')
    expect(acts.entries.value).toEqual([])
  })

  test('two acts without a network are sent in order, the second upon the version of the first', async () => {
    const { acts, asked, state } = queue(answer(200, { id: 'R', version: 4 }), answer(200, { id: 'R', version: 5 }))
    state.online = false
    await acts.act(step('sign'))
    await new Promise((done) => setTimeout(done, 2)) // a later instant
    await acts.act(step('comment'))
    state.online = true
    await acts.flush()
    expect(asked.map((one) => [one.url.split('/').pop(), one.headers['If-Match']])).toEqual([['sign', '"3"'], ['comment', '"4"']])
    expect(acts.entries.value).toEqual([])
  })

  test('somebody was quicker: the act and what builds on it stop, and it is told', async () => {
    const { acts, asked, state } = queue(answer(409, { key: 'request.already_taken', title: '赵*先签收了', args: ['赵*'] }))
    const told: string[] = []
    acts.onOutcome((act, outcome) => told.push(act.action + ('refused' in outcome ? ' refused' : '')))
    state.online = false
    await acts.act(step('sign'))
    await new Promise((done) => setTimeout(done, 2))
    await acts.act(step('comment'))
    state.online = true
    await acts.flush()
    expect(asked).toHaveLength(1)
    expect(told).toEqual(['sign refused'])
    expect(acts.entries.value.map((one) => [one.action, one.refused])).toEqual([['sign', '赵*先签收了'], ['comment', undefined]])
  })

  test('a refusal at once is handed back and not kept', async () => {
    const { acts } = queue(answer(409, { key: 'request.already_taken', title: '赵*先签收了' }))
    await expect(acts.act(step('sign'))).resolves.toMatchObject({ refused: { status: 409 } })
    expect(acts.entries.value).toEqual([])
  })
})
