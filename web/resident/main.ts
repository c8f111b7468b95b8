// SPDX-License-Identifier: MulanPSL-2.0
import '../shared/tokens.css'
import '../shared/base.css'
import { createApp, h } from 'vue'
import DemoBanner from '../shared/components/DemoBanner.vue'
import { loadSite } from '../shared/site'

void loadSite()
createApp({ render: () => h(DemoBanner) }).mount('#app')
