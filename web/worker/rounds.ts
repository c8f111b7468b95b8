// SPDX-License-Identifier: MulanPSL-2.0
// The queue of the round, when it is sent; and the day's round as this phone last saw it.
import { ref, watch } from 'vue'
import { ApiError } from '../shared/api'
import { api } from '../shared/client'
import { kindWords } from '../shared/errors'
import { t } from '../shared/i18n'
import { drop, keep, kept } from '../shared/keep'
import { createRounds } from '../shared/rounds'
import { me } from '../shared/session'
import { now } from '../shared/site'
import { say } from '../shared/toast'
import type { CareClear, Round, ServiceItem } from '../shared/types'
import { online } from './acts'

export const queue = createRounds({ api, me: () => me.value?.id ?? null, now: () => now() })
export const rounds = ref<Round[] | null>(null)
export const items = ref<ServiceItem[]>([])
export const clear = ref<Record<string, CareClear>>({}) // by item of the round: who is visited, as opened today
export const keptAt = ref('')
export const failed = ref<unknown>(null)

interface Kept {
  at: string
  rounds: Round[]
  items: ServiceItem[]
  clear: Record<string, CareClear>
}
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** Opened once for each person who is still to be visited; whoever is no longer on the list is forgotten here too. */
async function open(fresh: Round[]): Promise<void> {
  const known: Record<string, CareClear> = {}
  for (const round of fresh) {
    const waiting = round.list.filter((item) => item.care_id && !item.ticked)
    if (waiting.some((item) => !clear.value[item.id])) {
      const opened = await api.post('/api/v1/rounds/{id}/open', { path: { id: round.id } })
      for (const one of opened.items) if (one.item_id) known[one.item_id] = one
    }
    for (const item of waiting) if (clear.value[item.id] && !known[item.id]) known[item.id] = clear.value[item.id]
  }
  clear.value = known
}

export async function loadRounds(): Promise<void> {
  try {
    const before = await kept<Kept>('seen', 'rounds')
    if (before && !Object.keys(clear.value).length) clear.value = before.clear
    const fresh = (await api.get('/api/v1/rounds/today')).items
    await open(fresh)
    items.value = (await api.get('/api/v1/items')).items
    rounds.value = fresh
    keptAt.value = ''
    failed.value = null
    await keep('seen', 'rounds', plain({ at: new Date().toISOString(), rounds: fresh, items: items.value, clear: clear.value }))
  } catch (caught) {
    const old = caught instanceof ApiError && caught.passing ? await kept<Kept>('seen', 'rounds') : null
    if (old) {
      rounds.value = old.rounds
      items.value = old.items
      clear.value = old.clear
      keptAt.value = old.at
    } else failed.value = caught
  }
}
/** Nothing of yesterday's visits stays on the phone. */
async function forgetYesterday(): Promise<void> {
  const old = await kept<Kept>('seen', 'rounds')
  if (old && Date.parse(old.at) < Date.now() - 36 * 3_600_000) await drop('seen', 'rounds')
}

export function startRounds(): void {
  const flush = () => void queue.flush().catch(() => undefined)
  watch(online, (there) => there && flush())
  watch(me, (who, before) => {
    if (who?.id !== before?.id) {
      rounds.value = null
      clear.value = {}
    }
    if (who) flush()
  })
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && flush())
  setInterval(() => queue.entries.value.some((one) => !one.refused) && flush(), 30_000)
  queue.onOutcome((entry, outcome) => {
    if ('done' in outcome) {
      const at = rounds.value?.findIndex((one) => one.id === outcome.done.id) ?? -1
      if (rounds.value && at >= 0) rounds.value[at] = outcome.done
      if (entry.kind === 'finding') say(t('round.found', entry.title))
    }
    if ('refused' in outcome) {
      say(kindWords(outcome.refused), 'danger')
      void loadRounds()
    }
  })
  void queue.load()
  void forgetYesterday()
}
