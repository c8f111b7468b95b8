// SPDX-License-Identifier: MulanPSL-2.0
// What axe does not look at, as checks for any page under Playwright: sizes for elder eyes and fingers (E1, E2, E6), no
// sideways scrolling, every active element reached by Tab with a focus one can see (E11, WCAG 2.4.7, 2.4.11), states
// said in words (E4), nothing from elsewhere (E12). Each returns sentences; none means good.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const ACTIVE = 'a[href], button, input, select, textarea, summary, [tabindex]'

export interface SizeRules {
  text: number // px
  lineHeight: number // share of the text
  target: number // px
}
export const ELDER: SizeRules = { text: 18, lineHeight: 1.3, target: 60 }
// On a desktop axe judges targets (WCAG 2.5.8 lets links within a text be as high as its line), and a button has one line.
export const DESKTOP: SizeRules = { text: 14, lineHeight: 1, target: 18 }

/** Visible text, line heights and the box of every active element (or of its label). */
export function checkSizes(page: Page, rules: SizeRules = ELDER): Promise<string[]> {
  return page.evaluate(
    ({ rules, ACTIVE }) => {
      const faults: string[] = []
      const root: Element = document.querySelector('dialog[open]') ?? document.body
      const hidden = (element: Element): boolean => {
        const style = getComputedStyle(element)
        const box = element.getBoundingClientRect()
        return style.visibility === 'hidden' || style.display === 'none' || box.width <= 1 || box.height <= 1 || element.closest('.sr-only, .hidden-text') !== null
      }
      const name = (element: Element): string =>
        `<${element.tagName.toLowerCase()}${element.className && typeof element.className === 'string' ? '.' + element.className.trim().split(/\s+/).join('.') : ''}> "${(element.textContent ?? '').trim().slice(0, 24)}"`
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
      const seen = new Set<Element>()
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement
        if (!parent || !node.textContent?.trim() || seen.has(parent) || parent.closest('noscript, script, style') || hidden(parent)) continue
        seen.add(parent)
        const style = getComputedStyle(parent)
        const size = parseFloat(style.fontSize)
        if (size < rules.text - 0.01) faults.push(`text ${size}px: ${name(parent)}`)
        const line = style.lineHeight === 'normal' ? 1.2 : parseFloat(style.lineHeight) / size
        if (line < rules.lineHeight - 0.01) faults.push(`line height ${line.toFixed(2)}: ${name(parent)}`)
        if (parent.scrollWidth > parent.clientWidth + 1 && ['hidden', 'clip'].includes(style.overflowX) && style.display !== '-webkit-box' && parent.clientWidth > 0)
          faults.push(`cut off: ${name(parent)}`)
      }
      for (const element of Array.from(root.querySelectorAll(ACTIVE))) {
        const label = (element as HTMLInputElement).labels?.[0]
        const isCheck = element.matches('input[type=radio], input[type=checkbox], input[type=file]')
        const shown = isCheck && label ? label : element
        if (hidden(shown) || element.matches('[tabindex="-1"], .skip-link, [role=group], section, main')) continue
        const box = shown.getBoundingClientRect()
        if (Math.min(box.width, box.height) < rules.target - 0.6)
          faults.push(`target ${Math.round(box.width)}×${Math.round(box.height)}: ${name(shown)}`)
      }
      return faults
    },
    { rules, ACTIVE },
  )
}

/** The page must not scroll sideways, at this width. */
export async function checkReflow(page: Page, width = 320): Promise<string[]> {
  const before = page.viewportSize()
  await page.setViewportSize({ width, height: before?.height ?? 800 })
  const faults = await page.evaluate(() => {
    const over = document.documentElement.scrollWidth - window.innerWidth
    if (over <= 0) return []
    const wide = Array.from(document.body.querySelectorAll('*')).filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1)
    const last = wide.slice(-3).map((one) => `<${one.tagName.toLowerCase()} class="${one.getAttribute('class') ?? ''}">`)
    return [`${over}px too wide at ${window.innerWidth}px: ${last.join(', ')}`]
  })
  if (before) await page.setViewportSize(before)
  return faults
}

/** Walks the page with Tab from its beginning to its end: everything active is reached, seen, and not under a bar. */
export async function checkTabWalk(page: Page, limit = 400): Promise<string[]> {
  const wanted = await page.evaluate((ACTIVE) => {
    const root = (document.querySelector('dialog[open]') ?? document.body) as HTMLElement
    // Tab goes on from where the focus last was: put that at the very beginning.
    const before = root.getAttribute('tabindex')
    root.setAttribute('tabindex', '-1')
    root.focus({ preventScroll: true })
    if (before === null) root.removeAttribute('tabindex')
    window.scrollTo(0, 0)
    const groups = new Set<string>()
    let count = 0
    for (const element of Array.from(root.querySelectorAll<HTMLElement>(ACTIVE))) {
      const style = getComputedStyle(element)
      if (element.tabIndex < 0 || (element as HTMLButtonElement).disabled || style.visibility === 'hidden' || element.getClientRects().length === 0 || !element.checkVisibility()) continue
      if (element instanceof HTMLInputElement && element.type === 'radio') {
        // Of a group of radio buttons Tab reaches one; the arrows reach the others.
        if (groups.has(element.name)) continue
        groups.add(element.name)
        for (const one of Array.from(root.querySelectorAll<HTMLElement>('input[type=radio]')))
          if ((one as HTMLInputElement).name === element.name) one.dataset.walk = String(count)
        count++
        continue
      }
      element.dataset.walk = String(count++)
    }
    return count
  }, ACTIVE)
  const reached = new Set<string>()
  const faults: string[] = []
  let last = ''
  for (let step = 0; step < limit; step++) {
    await page.keyboard.press('Tab')
    const here = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null
      if (!element || element === document.body || element === document.documentElement) return null
      const box = element.getBoundingClientRect()
      // Element Plus draws the ring of a field around its frame, as a shadow.
      const frame = element.closest('.el-input__wrapper, .el-select__wrapper, .el-textarea')
      const ring =
        [element, element.closest('label')].some((one) => {
          if (!one) return false
          const style = getComputedStyle(one)
          return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
        }) ||
        [frame, element].some((one) => one && (getComputedStyle(one).boxShadow !== 'none' || getComputedStyle(one).outlineStyle !== 'none') && frame)
      const shown = frame ?? (element.matches('.sr-only, input[type=file]') ? element.closest('label') ?? element : element)
      const place = shown.getBoundingClientRect()
      const x = Math.min(Math.max(place.left + place.width / 2, 0), window.innerWidth - 1)
      const y = Math.min(Math.max(place.top + Math.min(place.height / 2, 200), 0), window.innerHeight - 1)
      const at = document.elementFromPoint(x, y)
      const top = at?.closest('.l-toast') ? null : at // a message goes away by itself, or with its button
      const covered = top !== null && !shown.contains(top) && !top.contains(shown) && !(top.closest('label')?.contains(element) ?? false)
      return {
        walk: element.dataset.walk ?? '',
        ring,
        outside: place.bottom < 0 || place.top > window.innerHeight || box.width === 0,
        covered,
        name: `<${element.tagName.toLowerCase()}> "${(element.textContent ?? element.getAttribute('aria-label') ?? '').trim().slice(0, 24)}"`,
      }
    })
    // Within a date Tab goes from the year to the month to the day: still the same element.
    if (here && here.walk !== '' && here.walk === last) continue
    if (!here || (here.walk !== '' && reached.has(here.walk))) break
    last = here.walk
    if (here.walk !== '') reached.add(here.walk)
    if (!here.ring) faults.push(`focus not visible: ${here.name}`)
    if (here.outside) faults.push(`focus out of sight: ${here.name}`)
    else if (here.covered) faults.push(`focus under something: ${here.name}`)
  }
  const missed = await page.evaluate(
    ({ reached, wanted }) => {
      const names: string[] = []
      for (let at = 0; at < wanted; at++) {
        if (reached.includes(String(at))) continue
        const element = document.querySelector(`[data-walk="${at}"]`)
        if (element) names.push(`not reached by Tab: <${element.tagName.toLowerCase()}> "${(element.textContent ?? '').trim().slice(0, 24)}"`)
      }
      for (const one of Array.from(document.querySelectorAll<HTMLElement>('[data-walk]'))) delete one.dataset.walk
      return names
    },
    { reached: [...reached], wanted },
  )
  return faults.concat(missed)
}

/** Every mark of a state carries its word. */
export function checkStateWords(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll('.l-status'))
      .filter((one) => !(one.textContent ?? '').trim() || !one.querySelector('svg'))
      .map((one) => `state without word or shape: ${one.outerHTML.slice(0, 80)}`),
  )
}

let axe = ''
/** axe-core over the page; web is the folder whose node_modules has it. */
export async function checkAxe(page: Page, web: string): Promise<string[]> {
  if (!axe) axe = readFileSync(createRequire(web + '/package.json').resolve('axe-core/axe.min.js'), 'utf8')
  await page.evaluate(axe)
  await page.evaluate(() => document.getAnimations().forEach((one) => one.effect?.getComputedTiming().endTime !== Infinity && one.finish())) // a colour on its way to another is no fault
  return page.evaluate(async () => {
    const tool = (window as unknown as { axe: { run: (context: unknown, options: unknown) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }).axe
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
    const { violations } = await tool.run(document, { runOnly: { type: 'tag', values: tags } })
    return violations.flatMap((one) => one.nodes.map((node) => `axe ${one.id}: ${node.html.slice(0, 120)} ${node.failureSummary.split('\n').slice(1, 2).join('')}`))
  })
}

/** Listens from now on; call the result to have what went wrong: script errors, console complaints, foreign origins. */
export function watchPage(page: Page, allow: RegExp[] = []): () => string[] {
  const faults: string[] = []
  const note = (text: string) => allow.some((one) => one.test(text)) || faults.push(text)
  page.on('pageerror', (error) => note(`script error: ${error.message}`))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) note(`console ${message.type()}: ${message.text()} ${message.location().url}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    const own = new URL(page.url() === 'about:blank' ? request.url() : page.url())
    if (url.protocol.startsWith('http') && url.origin !== own.origin) note(`foreign origin: ${url.origin}`)
  })
  return () => faults.splice(0)
}

export interface PageRules {
  web: string
  sizes?: SizeRules
  reflow?: number | null
  tabWalk?: boolean
}
/** All of the above on the page as it stands. */
export async function checkPage(page: Page, rules: PageRules): Promise<string[]> {
  const faults = [
    ...(await checkSizes(page, rules.sizes ?? ELDER)),
    ...(await checkStateWords(page)),
    ...(await checkAxe(page, rules.web)),
  ]
  if (rules.reflow !== null) faults.push(...(await checkReflow(page, rules.reflow ?? 320)))
  if (rules.tabWalk !== false) faults.push(...(await checkTabWalk(page)))
  return faults
}
