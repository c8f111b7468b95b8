// SPDX-License-Identifier: MulanPSL-2.0
import { nextTick } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import HomePage from './pages/HomePage.vue'

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', component: HomePage },
    { path: '/q/:code', component: () => import('./pages/DoorPage.vue'), props: true },
    { path: '/q/:code/new', component: () => import('./pages/NewPage.vue'), props: true },
    { path: '/r/:id', component: () => import('./pages/RequestPage.vue'), props: true },
    { path: '/mine', component: () => import('./pages/MinePage.vue') },
    { path: '/wall', component: () => import('./pages/WallPage.vue') },
    { path: '/ledger', component: () => import('./pages/LedgerPage.vue') },
    { path: '/wishes', component: () => import('./pages/WishesPage.vue') },
    { path: '/deeds', component: () => import('./pages/DeedsPage.vue') },
    { path: '/notices', component: () => import('../shared/components/NoticesPage.vue') },
    { path: '/me', component: () => import('./pages/MePage.vue') },
    { path: '/:rest(.*)*', component: () => import('./pages/LostPage.vue') },
  ],
  scrollBehavior: (to, from, kept) => kept ?? (to.path === from.path && to.hash ? { el: to.hash } : { top: 0 }),
})
router.afterEach((to, from) => {
  // A new page: a screen reader starts at its beginning, not where the finger was.
  if (to.path !== from.path && from.matched.length) void nextTick(() => document.getElementById('page')?.focus())
})
