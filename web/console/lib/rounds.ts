// SPDX-License-Identifier: MulanPSL-2.0
// Rounds, their plans and who is visited, as the API tells them.
import type { Id, PlaceRef, Role } from './types'

export const roundStates = ['planned', 'walking', 'done', 'incomplete', 'missed'] as const
export type RoundState = (typeof roundStates)[number]
export const asks = ['lights', 'stairs', 'fire', 'rubbish', 'ebikes', 'doors', 'leaks', 'posters'] as const
export const careReasons = ['alone', 'ill', 'disabled', 'pregnant', 'bereaved', 'other'] as const
export const consentWays = ['written', 'spoken', 'guardian'] as const

export interface RoundRow {
  id: Id
  state: RoundState
  place: PlaceRef
  place_name: string
  post_name: string
  vacant_post_id: Id | null
  opens_at: string
  closes_at: string
  items: number
  items_done: number
  findings: number
  level: number
  escalated_name: string
  recorded_late: boolean
  in_time: boolean
}
export interface RoundCounts {
  planned: number
  walking: number
  done: number
  in_time: number
  incomplete: number
  missed: number
  findings: number
  visits: number
  visits_well: number
  visits_help: number
  meals: number
  meals_failed: number
}
export interface GridRow {
  grid_id: Id | null
  name: string
  planned: number
  done: number
  under_way: number
  missed: number
  findings: number
}
export interface Figures {
  from: string
  to: string
  counts: RoundCounts
  grids: GridRow[]
}
export interface Checkpoint {
  id: Id
  plan_id: Id
  place_id: Id
  name: string
  asks: string
  sort: number
  code: string
}
export interface Plan {
  id: Id
  version: number
  place_id: Id
  place_name: string
  name: string
  role: Role
  days: 'working_days' | 'every_day' | 'weekdays'
  weekdays: string
  window_from: string
  window_to: string
  checkpoints: Checkpoint[]
}
export interface CareRow {
  id: Id
  version: number
  place_id: Id
  place_name: string
  name: string
  door_number: string
  phone: string | null
  every_days: number
  meal_days: string
  meal: string
  consent_how: (typeof consentWays)[number]
  consent_at: string
  recorded_by: string
  last_visit_at: string | null
  next_visit: string
  not_home: number
  level: number
  planned: boolean
}
export interface CareClear {
  name: string
  door_number: string
  phone: string
  note: string
  reason: string
}
/** Of all, the share; null when there is nothing to reckon with. */
export const share = (part: number, all: number): number | null => (all ? Math.round((part / all) * 100) : null)
