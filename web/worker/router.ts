// SPDX-License-Identifier: MulanPSL-2.0
import { nextTick } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import ListPage from './pages/ListPage.vue'

export const router = createRouter({
  history: createWebHistory('/work'),
  routes: [
    { path: '/', component: ListPage },
    { path: '/all', component: () => import('./pages/AllPage.vue') },
    { path: '/round', component: () => import('./pages/RoundPage.vue') },
    { path: '/r/:id', component: () => import('./pages/RequestPage.vue'), props: true },
    { path: '/disputes', component: () => import('./pages/DisputesPage.vue') },
    { path: '/disputes/:id', component: () => import('./pages/DisputePage.vue'), props: true },
    { path: '/notices', component: () => import('../shared/components/NoticesPage.vue') },
    { path: '/me', component: () => import('./pages/MePage.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
  scrollBehavior: (_to, _from, kept) => kept ?? { top: 0 },
})
router.afterEach((to, from) => {
  if (to.path !== from.path && from.matched.length) void nextTick(() => document.getElementById('page')?.focus())
})
