// SPDX-License-Identifier: MulanPSL-2.0
// Draws public/icon-*.png from public/icon.svg with Chromium. Run by hand (npm run icons) when the picture changes.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const at = (path: string) => fileURLToPath(new URL(`../public/${path}`, import.meta.url))
const svg = readFileSync(at('icon.svg'), 'utf8')
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })

/** share: how much of the square the picture fills; a maskable icon keeps its middle 80 % whatever the phone cuts off. */
async function draw(name: string, pixels: number, share: number): Promise<void> {
  const page = await browser.newPage({ viewport: { width: pixels, height: pixels } })
  const ground = share < 1 ? '#b3161b' : 'transparent'
  await page.setContent(
    `<style>body{margin:0;background:${ground};display:grid;place-items:center;height:100vh}svg{width:${share * 100}%}</style>${svg}`,
  )
  writeFileSync(at(name), await page.screenshot({ omitBackground: share === 1 }))
  await page.close()
}

await draw('icon-192.png', 192, 1)
await draw('icon-512.png', 512, 1)
await draw('icon-maskable-512.png', 512, 0.76)
await browser.close()
