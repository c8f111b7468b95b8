// SPDX-License-Identifier: MulanPSL-2.0
import { describe, expect, test } from 'vitest'
import { ApiError, createApi, multipart, urlOf } from '../shared/api'
import { answer, script } from './doubles'

function client(...turns: Parameters<typeof script>) {
  const { transport, asked } = script(...turns)
  const waited: number[] = []
  let signedOut = 0
  const api = createApi({
    transport,
    language: () => 'en',
    newKey: () => 'fresh-key',
    wait: async (ms) => void waited.push(ms),
    onSignedOut: () => signedOut++,
  })
  return { api, asked, waited, signedOut: () => signedOut }
}
const site = { name: 'x', demo: true }

describe('api', () => {
  test('fills the path and the query, leaving out what is empty', () => {
    expect(urlOf('/a/{id}/b', { id: 'x/y 邻' }, { q: '水 管', none: undefined, nil: null, empty: '', no: false, n: 0 })).toBe(
      '/a/x%2Fy%20%E9%82%BB/b?q=%E6%B0%B4%20%E7%AE%A1&no=false&n=0',
    )
    expect(() => urlOf('/a/{id}', {})).toThrow('no value for id')
  })

  test('says the language, and gives a key to every POST and only to those', async () => {
    const { api, asked } = client(answer(200, site), answer(200, {}), answer(200, {}))
    await api.get('/api/v1/site')
    await api.post('/api/v1/demo/become', { body: { key: 'k' } })
    await api.post('/api/v1/demo/become', { body: { key: 'k' }, idempotencyKey: 'mine' })
    expect(asked[0].headers['Accept-Language']).toBe('en')
    expect(asked[0].headers['Idempotency-Key']).toBeUndefined()
    expect(asked[1].headers['Idempotency-Key']).toBe('fresh-key')
    expect(asked[1].body).toBe('{"key":"k"}')
    expect(asked[2].headers['Idempotency-Key']).toBe('mine')
  })

  test('sends the version it has seen', async () => {
    const { api, asked } = client(answer(200, { version: 8 }))
    await api.post('/api/v1/requests/{id}/actions/{action}', { path: { id: 'A', action: 'sign' }, version: 7 })
    expect(asked[0].url).toBe('/api/v1/requests/A/actions/sign')
    expect(asked[0].headers['If-Match']).toBe('"7"')
  })

  test('asks a busy server again after the time it names, with the same key, and then gives up', async () => {
    const busy = () => answer(503, { key: 'http.busy', title: 'busy' }, { 'retry-after': '3' })
    const good = client(busy(), answer(200, site))
    await expect(good.api.get('/api/v1/site')).resolves.toEqual(site)
    expect(good.waited).toEqual([3000])
    const bad = client(busy(), busy(), busy())
    await expect(bad.api.get('/api/v1/site')).rejects.toMatchObject({ status: 503, passing: true })
    expect(bad.asked).toHaveLength(3)
    expect(new Set(bad.asked.map((one) => one.headers['Idempotency-Key'])).size).toBe(1)
  })

  test('a problem becomes an error with its sentence, key, field and args', async () => {
    const problem = { title: 'Zhao signed for it', status: 409, key: 'request.already_taken', field: 'words', args: ['Zhao'] }
    const { api } = client(answer(409, problem))
    const error = (await api.get('/api/v1/site').catch((caught: unknown) => caught)) as ApiError
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 409, key: 'request.already_taken', field: 'words', args: ['Zhao'], message: 'Zhao signed for it', passing: false })
  })

  test('an answer that is no JSON is still an error one can speak of', async () => {
    const { api } = client({ status: 502, header: () => null, text: '<html>bad gateway' })
    await expect(api.get('/api/v1/site')).rejects.toMatchObject({ status: 502, key: 'http.502', passing: true })
  })

  test('no network is told apart', async () => {
    const { api } = client('down')
    await expect(api.get('/api/v1/site')).rejects.toMatchObject({ status: 0, offline: true, passing: true })
  })

  test('401 ends the session, but not while signing in', async () => {
    const { api, signedOut } = client(answer(401, {}), answer(401, {}))
    await api.post('/api/v1/auth/staff', { body: {} }).catch(() => undefined)
    expect(signedOut()).toBe(0)
    await api.get('/api/v1/worklist').catch(() => undefined)
    expect(signedOut()).toBe(1)
  })

  test('204 is nothing', async () => {
    const { api } = client(answer(204))
    await expect(api.post('/api/v1/auth/logout')).resolves.toBeUndefined()
  })

  test('an upload is the same bytes each time it is sent with the same key', async () => {
    const file = new Blob([new Uint8Array([1, 2, 13, 10, 255])], { type: 'image/jpeg' })
    const once = multipart(file, 'after', 'photo.jpg', 'abc')
    const twice = multipart(file, 'after', 'photo.jpg', 'abc')
    const bytes = Buffer.from(await once.body.arrayBuffer())
    expect(bytes.equals(Buffer.from(await twice.body.arrayBuffer()))).toBe(true)
    expect(once.type).toBe('multipart/form-data; boundary=linli-abc')
    expect(bytes.toString('latin1')).toBe(
      '--linli-abc\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nafter\r\n' +
        '--linli-abc\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' +
        '\x01\x02\r\n\xff\r\n--linli-abc--\r\n',
    )
  })
})
