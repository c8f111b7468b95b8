// SPDX-License-Identifier: MulanPSL-2.0
// The round's queue: kept before it is sent, shown as done at once, sent once and in order, and nothing said of somebody
// who withdrew meanwhile.
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test } from 'vitest'
import { ApiError } from '../shared/api'
import { dropAll, keptAll } from '../shared/keep'
import { codeMark, createRounds, withWaiting, type RoundEntry } from '../shared/rounds'
import type { RoundItem } from '../shared/types'

interface Call {
  path: string
  body: Record<string, unknown>
  key: string
}
class Server {
  calls: Call[] = []
  answers: (() => unknown)[] = []
  uploads = 0
  post = (async (path: string, given: { body: Record<string, unknown>; idempotencyKey: string }) => {
    this.calls.push({ path, body: given.body, key: given.idempotencyKey })
    return (this.answers.shift() ?? (() => ({ id: 'R1', list: [] })))()
  }) as never
  upload = (async () => ({ id: `M${++this.uploads}` })) as never
}
const offline = () => {
  throw new ApiError(0, 'net.offline', '')
}
const refuse = (status: number, key: string) => () => {
  throw new ApiError(status, key, 'no')
}
let server: Server
let there: boolean
let clock: number
const queueOf = () => createRounds({ api: server, me: () => 'P1', online: () => there, now: () => clock })
const tick = (item: string, result = 'seen') => ({ round: 'R1', item, kind: 'tick' as const, title: item, body: { result } })
const item = (id: string, more: Partial<RoundItem> = {}) => ({ id, ticked: false, result: '', bad: '', ticked_at: null, ...more }) as RoundItem

beforeEach(async () => {
  await dropAll('rounds')
  server = new Server()
  there = true
  clock = Date.parse('2026-11-24T00:30:00Z')
})

describe('the queue of a round', () => {
  test('without a network everything is kept with its own time, and sent once and in order afterwards', async () => {
    there = false
    const queue = queueOf()
    for (const one of ['A', 'B', 'C']) {
      await queue.put(tick(one))
      clock += 60_000
    }
    expect(server.calls).toHaveLength(0)
    expect(await keptAll('rounds')).toHaveLength(3)
    there = true
    await Promise.all([queue.flush(), queue.flush(), queue.flush()])
    expect(server.calls.map((call) => call.body.item)).toEqual(['A', 'B', 'C'])
    expect(server.calls.map((call) => call.body.at)).toEqual(['2026-11-24T00:30:00.000Z', '2026-11-24T00:31:00.000Z', '2026-11-24T00:32:00.000Z'])
    expect(await keptAll('rounds')).toHaveLength(0)
  })

  test('a lost answer is sent again under the same key and with the same time', async () => {
    const queue = queueOf()
    server.answers.push(offline)
    await queue.put(tick('A'))
    clock += 3_600_000
    await queue.flush()
    expect(server.calls).toHaveLength(2)
    expect(server.calls[1]).toEqual(server.calls[0])
  })

  test('another page, opened after a crash, finds what was kept', async () => {
    there = false
    await queueOf().put(tick('A'))
    there = true
    await queueOf().flush()
    expect(server.calls).toHaveLength(1)
  })

  test('what is refused stays to be read and holds up nothing else', async () => {
    const queue = queueOf()
    server.answers.push(refuse(409, 'round.too_late'))
    await queue.put(tick('A'))
    await queue.put(tick('B'))
    expect(server.calls.map((call) => call.body.item)).toEqual(['A', 'B'])
    expect(queue.entries.value.map((one) => [one.item, one.refused])).toEqual([['A', 'no']])
    await queue.flush()
    expect(server.calls).toHaveLength(2) // not tried for ever
  })

  test('of somebody who withdrew the consent meanwhile nothing stays on the phone', async () => {
    const queue = queueOf()
    server.answers.push(refuse(404, 'round.no_such_item'))
    await queue.put(tick('A', 'well'))
    expect(queue.entries.value).toHaveLength(0)
    expect(await keptAll('rounds')).toHaveLength(0)
  })

  test('a picture is uploaded once, however often the finding has to be sent', async () => {
    const queue = queueOf()
    server.answers.push(offline)
    await queue.put({ round: 'R1', item: 'A', kind: 'finding', title: 'x', body: { service: 'S1' }, blobs: [new Blob(['x'])] })
    await queue.flush()
    expect(server.uploads).toBe(1)
    expect(server.calls[1].path).toBe('/api/v1/rounds/{id}/findings')
    expect(server.calls[1].body).toEqual({ service: 'S1', item: 'A', media: ['M1'] })
  })

  test('what another person left on this phone is not sent in my name', async () => {
    there = false
    await queueOf().put(tick('A'))
    there = true
    const other = createRounds({ api: server, me: () => 'P2' })
    await other.flush()
    expect(server.calls).toHaveLength(0)
  })
})

describe('the list', () => {
  const entry = (id: string, more: Partial<RoundEntry> = {}): RoundEntry => ({ key: id, owner: 'P1', round: 'R1', item: id, kind: 'tick', body: { result: 'well' }, files: [], at: '2026-11-24T00:30:00.000Z', title: id, ...more })

  test('shows what waits as ticked; what the server has comes first', () => {
    const list = withWaiting([item('A'), item('B', { ticked: true, result: 'refused' }), item('C')], [entry('A'), entry('B'), entry('C', { refused: 'no' })])
    expect(list.map((one) => [one.ticked, one.waits, one.result])).toEqual([
      [true, true, 'well'],
      [true, false, 'refused'],
      [false, false, ''],
    ])
  })

  test('a code is known by its mark, however it is typed', () => {
    expect(codeMark('DEM0-DEM0-DEM0-DEM0')).toBe(codeMark('demodemodemodemo'))
    expect(codeMark('')).toBe('811c9dc5')
    expect(codeMark('A')).toBe('c40bf6cc') // published values of FNV-1a
  })
})
