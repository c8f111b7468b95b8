// SPDX-License-Identifier: MulanPSL-2.0
// Builds /sw.js: the service worker with the list of files of the phone pages written into it. The version is a digest
// of that list, so a new build is a new service worker and the pages offer the update.
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { transformWithEsbuild, type Plugin } from 'vite'
import { readFile } from 'node:fs/promises'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export function serviceWorker(pages: string[]): Plugin {
  return {
    name: 'linli-service-worker',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      const wanted = new Set<string>()
      const follow = (name: string): void => {
        const part = bundle[name]
        if (!part || wanted.has(name)) return
        wanted.add(name)
        if (part.type !== 'chunk') return
        for (const next of [...part.imports, ...part.dynamicImports]) follow(next)
        for (const css of part.viteMetadata?.importedCss ?? []) wanted.add(css)
        for (const asset of part.viteMetadata?.importedAssets ?? []) wanted.add(asset)
      }
      for (const part of Object.values(bundle))
        if (part.type === 'chunk' && part.isEntry && pages.includes(part.name)) follow(part.fileName)
      const still = readdirSync(here('../public')).filter((name) => name.endsWith('.png') || name.endsWith('.svg'))
      const files = [...wanted, ...still].map((name) => '/' + name).sort()
      const shells: Record<string, string> = {}
      const digest = createHash('sha256').update(files.join('\n'))
      for (const [name, part] of Object.entries(bundle))
        if (part.type === 'asset' && name.endsWith('.html')) digest.update(part.source)
      for (const page of pages) shells[page] = page === 'index' ? '/' : `/${page}`
      const version = digest.digest('hex').slice(0, 12)
      const source = (await readFile(here('../shared/sw.ts'), 'utf8'))
        .replace('__VERSION__', version)
        .replace("'__FILES__'", JSON.stringify(files))
      const { code } = await transformWithEsbuild(source, 'sw.ts', { target: 'es2019', format: 'iife', minify: true, sourcemap: false })
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: code })
    },
  }
}
