// SPDX-License-Identifier: MulanPSL-2.0
import '../shared/tokens.css'
import '../shared/base.css'
import { createApp } from 'vue'
import { addWords } from '../shared/i18n'
import { startServiceWorker } from '../shared/pwa'
import { loadMe } from '../shared/session'
import { loadSite } from '../shared/site'
import App from './App.vue'
import { startActs } from './acts'
import { router } from './router'
import { startRounds } from './rounds'
import { words } from './words'

addWords(words)
void loadSite()
void loadMe()
const app = createApp(App).use(router)
// The words of work.html stand until the page itself is there.
void router.isReady().catch(() => undefined).finally(() => app.mount('#app'))
startActs()
startRounds()
startServiceWorker()
