// SPDX-License-Identifier: MulanPSL-2.0
// A service item as a form holds it (numbers as typed) and as the API takes it.
import type { Item } from './types'

export interface ItemValues {
  code: string
  kind: string
  name_zh: string
  name_en: string
  hint_zh: string
  hint_en: string
  route_role: string
  route_org_id: string
  unit: string
  budget: string
  dispatch_budget: string
  response_budget: string
  verification_budget: string
  bring_zh: string
  bring_en: string
  staff_verifies: boolean
  private_always: boolean
  sort: string
  closed: boolean
}
export function itemValues(item: Item | null): ItemValues {
  return {
    code: item?.code ?? '', kind: item?.kind ?? 'repair', name_zh: item?.name_zh ?? '', name_en: item?.name_en ?? '', hint_zh: item?.hint_zh ?? '', hint_en: item?.hint_en ?? '',
    route_role: item?.route_role ?? 'steward', route_org_id: item?.route_org_id ?? '', unit: item?.unit ?? 'work_day', budget: item ? String(item.budget) : '3',
    dispatch_budget: String(item?.dispatch_budget ?? ''), response_budget: String(item?.response_budget ?? ''), verification_budget: String(item?.verification_budget ?? ''),
    bring_zh: item?.bring_zh ?? '', bring_en: item?.bring_en ?? '',
    staff_verifies: item?.staff_verifies ?? false, private_always: item?.private_always ?? false, sort: item ? String(item.sort ?? 0) : '', closed: item?.closed ?? false,
  }
}
/** Only what differs: a change sent to the server overwrites nothing else. */
export function changes(before: ItemValues, after: ItemValues): Partial<ItemValues> {
  const found = Object.entries(after).filter(([name, value]) => before[name as keyof ItemValues] !== value)
  return Object.fromEntries(found) as Partial<ItemValues>
}
/** What is new leaves out what was left empty; a change says null where the unit was taken away. */
export function itemBody(values: Partial<ItemValues>, isNew: boolean): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    if (isNew && (value === '' || value === false)) continue
    if (name.endsWith('budget') || name === 'sort') body[name] = Number(value) || 0
    else if (name === 'route_org_id') body[name] = value || null
    else body[name] = typeof value === 'string' ? value.trim() : value
  }
  return body
}
