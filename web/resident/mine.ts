// SPDX-License-Identifier: MulanPSL-2.0
// The list of my requests; without a network, its first page as last seen, so that what was opened can be opened again.
import { ApiError } from '../shared/api'
import { api } from '../shared/client'
import { keep, kept } from '../shared/keep'
import type { List, RequestSummary } from '../shared/types'

export async function myRequests(before: string | null): Promise<List<RequestSummary>> {
  try {
    const list = await api.get('/api/v1/requests', { query: { mine: 1, before } })
    if (!before) await keep('seen', 'mine', JSON.parse(JSON.stringify(list)))
    return list
  } catch (error) {
    const old = !before && error instanceof ApiError && error.passing ? await kept<List<RequestSummary>>('seen', 'mine') : null
    if (!old) throw error
    return { ...old, next: null }
  }
}
