// SPDX-License-Identifier: MulanPSL-2.0
import vue from '@vitejs/plugin-vue'
import AutoImport from 'unplugin-auto-import/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import Components from 'unplugin-vue-components/vite'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { writeTokens } from './build/tokens'
import { serviceWorker } from './build/worker'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
writeTokens()

/** In development the same three pages answer the same paths as in the server. */
function pages(): Plugin {
  return {
    name: 'linli-pages',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? '/').split('?')[0]
        if (/^\/work(\/|$)/.test(path)) request.url = '/work.html'
        else if (/^\/console(\/|$)/.test(path) && !/\.\w+$/.test(path)) request.url = '/console.html'
        next()
      })
    },
  }
}

// Element Plus only where it is used: on demand, in console/ alone. The phone pages never load it.
const elementPlus = [
  AutoImport({ include: [/\/console\/.*\.(ts|vue)($|\?)/], resolvers: [ElementPlusResolver()], dts: false }),
  Components({ dirs: [], include: [/\/console\/.*\.vue($|\?)/], resolvers: [ElementPlusResolver()], dts: false }),
]

export default defineConfig({
  plugins: [vue(), pages(), ...elementPlus, serviceWorker(['index', 'work'])],
  build: {
    target: 'es2019',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0, // no data: addresses, the content security policy refuses them
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: at('./index.html'), work: at('./work.html'), console: at('./console.html') },
    },
  },
  server: {
    proxy: { '/api': process.env.LINLI_ORIGIN ?? 'http://127.0.0.1:8080' },
  },
  test: { include: ['**/*.test.ts'], exclude: ['node_modules/**', 'dist/**'], environment: 'node', setupFiles: ['build/test-setup.ts'] },
})
