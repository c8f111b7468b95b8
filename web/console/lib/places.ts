// SPDX-License-Identifier: MulanPSL-2.0
// Reading the place tree: children are asked for when a branch is opened, and kept while the page lives.
import { call } from './call'
import { allPages } from './pages'
import { has, me } from './session'
import type { Id, List, Place, PlaceDetail, PlaceRef } from './types'

/** All children of a place (a community has dozens, never thousands). */
export const childrenOf = async (parent: Id): Promise<Place[]> => (await allPages<Place>('/api/v1/places', { parent })).sort(byName)
const collator = new Intl.Collator('zh-CN', { numeric: true })
export const byName = (a: { name: string }, b: { name: string }): number => collator.compare(a.name, b.name)

/** Where the tree of this person begins: the places of the grants, or the district for an administrator. */
export async function roots(): Promise<Place[]> {
  const mine = has('system_admin', 'security_admin', 'audit_admin') ? [] : (me.value?.grants ?? []).flatMap((grant) => (grant.place ? [grant.place.id] : []))
  const ids = [...new Set(mine)]
  if (!ids.length) return (await call.get<List<Place>>('/api/v1/places', { query: { level: 'district' } })).items
  const places = await Promise.all(ids.map((id) => call.get<PlaceDetail>('/api/v1/places/{id}', { path: { id } }).catch(() => null)))
  return places.filter((place): place is PlaceDetail => place !== null)
}
export const placeOf = (id: Id): Promise<PlaceDetail> => call.get('/api/v1/places/{id}', { path: { id } })
export const pathWords = (chain: readonly PlaceRef[]): string => chain.map((place) => place.name).join(' › ')

/** Every building below a place, breadth first; stops at `most` and says so. */
export async function buildingsBelow(top: Place, most: number, onFound?: (count: number) => void): Promise<{ buildings: Place[]; whole: boolean }> {
  if (top.level === 'building' || top.level === 'unit') return { buildings: [top], whole: true }
  const buildings: Place[] = []
  let layer: Place[] = [top]
  while (layer.length) {
    const below: Place[] = []
    for (const place of layer) {
      for (const child of await childrenOf(place.id)) {
        if (child.closed_at) continue
        if (child.level === 'building') buildings.push(child)
        else if (!['unit', 'household'].includes(child.level)) below.push(child)
      }
      onFound?.(buildings.length)
      if (buildings.length > most) return { buildings: buildings.slice(0, most), whole: false }
    }
    layer = below
  }
  return { buildings, whole: true }
}
