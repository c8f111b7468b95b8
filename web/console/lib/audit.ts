// SPDX-License-Identifier: MulanPSL-2.0
import type { Verification } from './types'

export const subjectKinds = ['request', 'person', 'place', 'door', 'org', 'post', 'item', 'media', 'import', 'export'] as const

/** The data of an event, a line a member; what is sealed is only said to be there. */
export function dataLines(data: unknown): string[] {
  let given = data
  if (typeof data === 'string') {
    try {
      given = JSON.parse(data || '{}')
    } catch {
      return [data]
    }
  }
  if (!given || typeof given !== 'object') return []
  return Object.entries(given).map(([name, value]) => {
    if (/(^|_)box$/.test(name)) return `${name}: •••`
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return `${name}: ${text.length > 120 ? `${text.slice(0, 119)}…` : text}`
  })
}
/** What does not match, in one line; '' when all does. */
export function faultWords(fault: Verification['fault']): string {
  if (!fault) return ''
  if (typeof fault === 'string') return fault
  return Object.values(fault).filter((part) => part !== null && part !== '').join(' · ')
}
