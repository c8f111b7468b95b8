// SPDX-License-Identifier: MulanPSL-2.0
import type { Me } from '../shared/types'

const WORK = ['steward', 'grid_worker', 'community', 'subdistrict', 'district', 'unit']
/** Has anything to do with requests, other than its own. */
export function isWorker(me: Me | null): boolean {
  return me !== null && me.roles.some((role) => WORK.includes(role))
}
const WALK = ['steward', 'grid_worker', 'community']
/** May hold a post that walks a round. */
export function walks(me: Me | null): boolean {
  return me !== null && me.roles.some((role) => WALK.includes(role))
}
