// SPDX-License-Identifier: MulanPSL-2.0
// The pages of the console, and who finds a door to each.
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { has, loadMe, me, staffRoles, workRoles } from './lib/session'
import type { Key } from './lib/i18n'
import type { Role } from './lib/types'
import { mayLeave } from './lib/unsaved'

declare module 'vue-router' {
  interface RouteMeta {
    title: Key
    roles?: readonly Role[] // none: everybody signed in
    open?: boolean // also to those who are not
    bare?: boolean // without menu
  }
}
const system: readonly Role[] = ['system_admin']
const roundRoles: readonly Role[] = ['grid_worker', 'community', 'subdistrict', 'district']
const ledgerRoles: readonly Role[] = ['grid_worker', 'community', 'subdistrict', 'district']
const disputeRoles: readonly Role[] = workRoles // a mediator may be any of them
const placesRoles: readonly Role[] = ['system_admin', 'community', 'subdistrict', 'district']

export const routes: RouteRecordRaw[] = [
  { path: '/console/sign-in', name: 'sign-in', component: () => import('./views/SignIn.vue'), meta: { title: 'sign_in.title', open: true, bare: true } },
  { path: '/console/password', name: 'password', component: () => import('./views/PasswordChange.vue'), meta: { title: 'password.title' } },
  { path: '/console', name: 'desk', component: () => import('./views/DeskPage.vue'), meta: { title: 'nav.desk', roles: staffRoles } },
  { path: '/console/requests', name: 'requests', component: () => import('./views/RequestList.vue'), meta: { title: 'list.title', roles: workRoles } },
  { path: '/console/requests/:id', name: 'request', component: () => import('./views/RequestPage.vue'), props: true, meta: { title: 'list.title', roles: workRoles } },
  { path: '/console/tasks', name: 'tasks', component: () => import('./views/TasksPage.vue'), meta: { title: 'tasks.title', roles: workRoles } },
  { path: '/console/rounds', name: 'rounds', component: () => import('./views/RoundsPage.vue'), meta: { title: 'rounds.title', roles: roundRoles } },
  { path: '/console/round-plans', name: 'round-plans', component: () => import('./views/RoundPlansPage.vue'), meta: { title: 'plans.title', roles: roundRoles } },
  { path: '/console/round-posters', name: 'round-posters', component: () => import('./views/RoundPostersPage.vue'), beforeEnter: (to) => (to.query.plan ? true : { name: 'round-plans' }), meta: { title: 'plans.posters', roles: roundRoles, bare: true } },
  { path: '/console/care', name: 'care', component: () => import('./views/CarePage.vue'), meta: { title: 'care.title', roles: ['community'] } },
  { path: '/console/ledger', name: 'ledger', component: () => import('./views/LedgerPage.vue'), meta: { title: 'ledger.title', roles: ledgerRoles } },
  { path: '/console/ledger/map', name: 'ledger-map', component: () => import('./views/LedgerMap.vue'), meta: { title: 'map.title', roles: ledgerRoles } },
  { path: '/console/rechecks', name: 'rechecks', component: () => import('./views/RechecksPage.vue'), meta: { title: 'rechecks.title', roles: ledgerRoles } },
  { path: '/console/targets', name: 'targets', component: () => import('./views/TargetsPage.vue'), meta: { title: 'targets.title', roles: system } },
  { path: '/console/returns', name: 'returns', component: () => import('./views/ReturnsPage.vue'), meta: { title: 'returns.title', roles: ledgerRoles } },
  { path: '/console/disputes', name: 'disputes', component: () => import('./views/DisputeList.vue'), meta: { title: 'nav.disputes', roles: disputeRoles } },
  { path: '/console/disputes/counts', name: 'dispute-counts', component: () => import('./views/DisputeCounts.vue'), meta: { title: 'nav.disputes', open: true } },
  { path: '/console/disputes/:id', name: 'dispute', component: () => import('./views/DisputePage.vue'), props: true, meta: { title: 'nav.disputes', roles: workRoles } },
  { path: '/console/disputes/:id/sheet', name: 'dispute-sheet', component: () => import('./views/DisputeSheet.vue'), props: true, meta: { title: 'nav.disputes', roles: workRoles, bare: true } },
  { path: '/console/places/:id?', name: 'places', component: () => import('./views/PlacesPage.vue'), props: true, meta: { title: 'places.title', roles: placesRoles } },
  { path: '/console/posters', name: 'posters', component: () => import('./views/PostersPage.vue'), beforeEnter: (to) => (to.query.place ? true : { name: 'places' }), meta: { title: 'poster.page', roles: placesRoles, bare: true } },
  { path: '/console/orgs/:id?', name: 'orgs', component: () => import('./views/OrgsPage.vue'), props: true, meta: { title: 'orgs.title', roles: placesRoles } },
  { path: '/console/people', name: 'people', component: () => import('./views/PeoplePage.vue'), meta: { title: 'people.title', roles: ['system_admin', 'security_admin'] } },
  { path: '/console/grants', name: 'grants', component: () => import('./views/GrantsPage.vue'), meta: { title: 'grants.title', roles: ['security_admin'] } },
  { path: '/console/items', name: 'items', component: () => import('./views/ItemsPage.vue'), meta: { title: 'items.title', roles: system } },
  { path: '/console/stations', name: 'stations', component: () => import('./views/StationsPage.vue'), meta: { title: 'stations.title', roles: placesRoles } },
  { path: '/console/exclusions', name: 'exclusions', component: () => import('./views/ExclusionsPage.vue'), meta: { title: 'exclusions.title', roles: workRoles } },
  { path: '/console/imports', name: 'imports', component: () => import('./views/ImportsPage.vue'), meta: { title: 'imports.title', roles: system } },
  { path: '/console/imports/:id', name: 'import', component: () => import('./views/ImportPage.vue'), props: true, meta: { title: 'imports.title', roles: system } },
  { path: '/console/open311', name: 'open311', component: () => import('./views/Open311Page.vue'), meta: { title: 'open311.title', roles: system } },
  { path: '/console/notices', name: 'notices', component: () => import('./views/NoticesPage.vue'), meta: { title: 'notices.title', roles: system } },
  { path: '/console/audit', name: 'audit', component: () => import('./views/AuditPage.vue'), meta: { title: 'audit.title', roles: ['audit_admin'] } },
  { path: '/:rest(.*)*', name: 'lost', component: () => import('./views/LostPage.vue'), meta: { title: 'app.not_found' } },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
})
export const mayOpen = (roles: readonly Role[] | undefined): boolean => !roles || has(...roles)

router.beforeEach(async (to, from) => {
  if (from.name && to.path !== from.path && !(await mayLeave())) return false
  await loadMe()
  if (!me.value) return to.meta.open ? true : { name: 'sign-in', query: to.path === '/console' ? {} : { next: to.fullPath } }
  if (to.name === 'sign-in') return { name: 'desk' }
  if (me.value.password_expired && to.name !== 'password') return { name: 'password' }
  return true
})
