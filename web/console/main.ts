// SPDX-License-Identifier: MulanPSL-2.0
import '../shared/tokens.css'
import '../shared/base.css'
import 'element-plus/es/components/message/style/css'
import 'element-plus/es/components/message-box/style/css'
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
