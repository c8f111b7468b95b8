// SPDX-License-Identifier: MulanPSL-2.0
// What the person signed in may see here. The server decides again at every call; this only spares people doors that
// would not open.
import { computed, type Ref } from 'vue'
import { me as sharedMe } from '../../shared/session'
import type { Me, Role } from './types'

export { entered, known, loadMe, signOut } from '../../shared/session'
export { loadSite, now, site } from '../../shared/site'
export const me = sharedMe as unknown as Ref<Me | null>

export const deskRoles: readonly Role[] = ['community', 'subdistrict', 'district']
export const workRoles: readonly Role[] = ['steward', 'grid_worker', 'unit', ...deskRoles]
export const staffRoles: readonly Role[] = [...workRoles, 'system_admin', 'security_admin', 'audit_admin']
export const has = (...wanted: readonly Role[]): boolean => !!me.value?.roles.some((role) => wanted.includes(role))
export const onDesk = computed(() => has(...deskRoles))
export const isStaff = computed(() => has(...staffRoles))
/** Names of the places the person answers for, for the head of a page. */
export const area = computed(() => [...new Set((me.value?.grants ?? []).map((grant) => grant.place?.name).filter(Boolean))].join('、'))
