// SPDX-License-Identifier: MulanPSL-2.0
// Lists that are short by nature (posts of an organisation, grants), read to their end; a bound keeps a mistake small.
import { call } from './call'
import type { List } from './types'

export async function allPages<T>(path: string, query: Record<string, string | undefined>, most = 2000): Promise<T[]> {
  const found: T[] = []
  let before: string | null = null
  do {
    const page: List<T> = await call.get(path, { query: { ...query, limit: 100, before } })
    found.push(...page.items)
    before = page.next
  } while (before && found.length < most)
  return found
}
