// SPDX-License-Identifier: MulanPSL-2.0
import { describe, expect, it } from 'vitest'
import { words } from './i18n'
import { ApiError, csv, faultOf, isConflict, sentence } from './call'

describe('what went wrong', () => {
  it("is the server's own sentence, beside its field", () => {
    expect(faultOf(new ApiError(400, 'field.too_long', '太长了', 'name'))).toEqual({ name: '太长了' })
    expect(faultOf(new ApiError(409, 'account.taken', '账号已被使用'))).toEqual({ '': '账号已被使用' })
  })
  it('has words also where the server had none', () => {
    expect(sentence(new ApiError(0, 'net.offline', ''))).toBe(words['error.network'][0])
    expect(sentence(new Error('x'))).toBe(words['error.server'][0])
  })
  it('is a conflict when somebody was first', () => {
    expect([409, 412, 404, 500].map((status) => isConflict(new ApiError(status, '', '')))).toEqual([true, true, false, false])
  })
})
describe('a CSV made here', () => {
  it('quotes, and defuses what a spreadsheet would run', () => {
    expect(csv([['a', 1], ['=1+1', 'x,"y"'], ['-2', 'b\nc']])).toBe('a,1\r\n\'=1+1,"x,""y"""\r\n\'-2,"b\nc"\r\n')
  })
})
describe('the words', () => {
  it('are there in both languages, with the same places for arguments', () => {
    const places = (text: string) => [...text.matchAll(/\{\d\}/g)].map(String).sort()
    for (const [key, [zh, en]] of Object.entries(words)) {
      expect(zh && en, key).toBeTruthy()
      expect(new Set(places(en)), key).toEqual(new Set(places(zh)))
    }
  })
})
