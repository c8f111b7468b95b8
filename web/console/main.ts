// SPDX-License-Identifier: MulanPSL-2.0
import '../shared/tokens.css'
import '../shared/base.css'
import './styles/base.css'
import './styles/parts.css'
import './styles/element.css'
import './styles/print.css'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import { watchTheWindow } from './lib/unsaved'

watchTheWindow()
createApp(App).use(router).mount('#app')
