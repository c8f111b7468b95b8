// SPDX-License-Identifier: MulanPSL-2.0
// The catalogue on a small screen: grouped by topic (the first part of an item's code), what is asked most first, found
// by typing.
import { has, t } from '../shared/i18n'
import type { ServiceItem } from '../shared/types'

export interface Topic {
  topic: string
  items: ServiceItem[]
}
// Kindred ones go together; what an office adds under another word stands under "other".
const TOPIC_OF: Record<string, string> = { parking: 'traffic', disabled: 'elder', child: 'school', law: 'help', volunteer: 'culture', party: 'culture' }
const COMMON_MAX = 4
const COMMON_FROM = 7 // fewer need no group of their own

function topicOf(item: ServiceItem): string {
  const word = item.code.split('.')[0]
  const topic = TOPIC_OF[word] ?? word
  return has('topic.' + topic) ? topic : 'other'
}
export function topicWords(topic: string): string {
  return t('topic.' + topic)
}
export function groupItems(items: ServiceItem[], common: string[]): Topic[] {
  const often = items.length < COMMON_FROM ? [] : common.flatMap((id) => items.filter((item) => item.id === id)).slice(0, COMMON_MAX)
  const groups: Topic[] = often.length ? [{ topic: 'common', items: often }] : []
  for (const item of items) {
    if (often.includes(item)) continue
    const topic = topicOf(item)
    const group = groups.find((one) => one.topic === topic)
    if (group) group.items.push(item)
    else groups.push({ topic, items: [item] })
  }
  return groups
}
// Every word that was typed is in the name or the hint, in either language; names first.
export function findItems(items: ServiceItem[], typed: string): ServiceItem[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const within = (text: string) => words.every((word) => text.toLowerCase().includes(word))
  const byName = items.filter((item) => within(item.name_zh + ' ' + item.name_en))
  return [...byName, ...items.filter((item) => !byName.includes(item) && within([item.name_zh, item.name_en, item.hint_zh, item.hint_en].join(' ')))]
}
