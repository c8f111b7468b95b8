// SPDX-License-Identifier: MulanPSL-2.0
// tokens.json -> CSS custom properties: --c-* colours, --r-*, --s-*, ... for our pages and --el-* for Element Plus.
import { readFileSync, writeFileSync, existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

type Table = Record<string, string>
export interface Tokens {
  color: Table
  radius: Table
  space: Table
  target: Table
  font: Table
  size: Table
  shadow: Table
  element: Table
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Mixes a #rrggbb colour with white (share > 0) or black (share < 0). */
export function mix(colour: string, share: number): string {
  const end = share > 0 ? 255 : 0
  const part = Math.abs(share)
  const channels = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16)
    return Math.round(value + (end - value) * part)
  })
  return '#' + channels.map((value) => value.toString(16).padStart(2, '0')).join('')
}

/** Element Plus derives its hover and plain shades from a base colour; it expects them by name. */
function elementShades(name: string, colour: string): [string, string][] {
  const shades: [string, string][] = [[`--el-${name}`, colour]]
  for (const step of [3, 5, 7, 8, 9]) shades.push([`--el-${name}-light-${step}`, mix(colour, step / 10)])
  shades.push([`--el-${name}-dark-2`, mix(colour, -0.2)])
  return shades
}

export function tokensCss(tokens: Tokens): string {
  const lines: [string, string][] = []
  const groups: [keyof Tokens, string][] = [
    ['color', 'c'], ['radius', 'r'], ['space', 's'], ['target', 'target'], ['font', 'font'], ['size', 'size'], ['shadow', 'shadow'],
  ]
  for (const [group, prefix] of groups)
    for (const [name, value] of Object.entries(tokens[group])) lines.push([`--${prefix}-${name}`, value])
  for (const [name, ref] of Object.entries(tokens.element)) {
    const colour = tokens.color[ref]
    if (!colour) throw new Error(`tokens.json: element.${name} names no colour: ${ref}`)
    if (/^color-/.test(name)) lines.push(...elementShades(name, colour))
    else lines.push([`--el-${name}`, colour])
  }
  lines.push(['--el-font-family', tokens.font.sans])
  const body = lines.map(([name, value]) => `  ${name}: ${value};`).join('\n')
  // html:root outweighs Element Plus's own :root whatever the order of the style sheets.
  return `/* SPDX-License-Identifier: MulanPSL-2.0 */\n/* Written by build/tokens.ts from tokens.json: edit that. */\nhtml:root {\n${body}\n}\n`
}

export function writeTokens(): void {
  const css = tokensCss(JSON.parse(readFileSync(here('../tokens.json'), 'utf8')))
  const out = here('../shared/tokens.css')
  if (!existsSync(out) || readFileSync(out, 'utf8') !== css) writeFileSync(out, css)
}
