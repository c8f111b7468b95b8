// SPDX-License-Identifier: MulanPSL-2.0
// What of a wish may tell who wishes: long numbers, doors and houses. A hint for the eye, not the rule (the server's is).

export interface Part {
  text: string
  mark: boolean
}
const telling = /[0-9０-９]{3,}|[0-9０-９一二三四五六七八九十百]+\s*(?:栋|幢|单元|号楼|号|室|楼|层)|\p{L}(?:先生|女士|师傅|奶奶|爷爷|叔叔|阿姨)/gu

export function marked(words: string): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const found of words.matchAll(telling)) {
    if (found.index > at) parts.push({ text: words.slice(at, found.index), mark: false })
    parts.push({ text: found[0], mark: true })
    at = found.index + found[0].length
  }
  if (at < words.length) parts.push({ text: words.slice(at), mark: false })
  return parts
}
