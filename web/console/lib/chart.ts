// SPDX-License-Identifier: MulanPSL-2.0
// ECharts, as little of it as is drawn: bars and lines, as SVG. Loaded when a chart comes onto a page, never before.
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, MarkLineComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([BarChart, LineChart, AriaComponent, GridComponent, MarkLineComponent, SVGRenderer])
export interface Drawn {
  kind: 'bar' | 'line'
  names: string[]
  values: (number | null)[]
  percent: boolean
  target: number | null
  targetWord: string
  label: string
}
const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--c-${name}`).trim()

/** Draws into the box; what comes back takes it away. */
export function chart(box: HTMLElement, drawn: Drawn): { resize: () => void; end: () => void } {
  const one = init(box, undefined, { renderer: 'svg' })
  const text = { color: colour('ink'), fontSize: 14, fontFamily: getComputedStyle(document.body).fontFamily }
  const names = { type: 'category' as const, data: drawn.names, axisLabel: { ...text, width: 150, overflow: 'truncate' as const }, axisTick: { show: false }, axisLine: { lineStyle: { color: colour('line') } } }
  const values = { type: 'value' as const, min: 0, max: drawn.percent ? 100 : undefined, minInterval: drawn.percent ? undefined : 1, axisLabel: { ...text, formatter: drawn.percent ? '{value}%' : '{value}' }, splitLine: { lineStyle: { color: colour('line-soft') } } }
  const lying = drawn.kind === 'bar'
  const mark = drawn.target === null ? undefined : { silent: true, symbol: 'none', lineStyle: { color: colour('ink'), type: 'dashed' as const, width: 2 }, label: { ...text, formatter: drawn.targetWord, position: lying ? ('start' as const) : ('insideEndTop' as const) }, data: [lying ? { xAxis: drawn.target } : { yAxis: drawn.target }] }
  one.setOption({
    animation: false,
    aria: { enabled: true, label: { description: drawn.label } },
    textStyle: text,
    grid: lying ? { left: 8, right: 64, top: 8, bottom: drawn.target === null ? 8 : 28, containLabel: true } : { left: 8, right: 24, top: 24, bottom: 8, containLabel: true },
    xAxis: lying ? values : names,
    yAxis: lying ? { ...names, inverse: true } : values,
    series: [
      lying
        ? { type: 'bar', data: drawn.values, barMaxWidth: 18, itemStyle: { color: colour('info') }, label: { ...text, show: true, position: 'right' as const, formatter: (row: { value: unknown }) => (typeof row.value === 'number' ? (drawn.percent ? `${row.value.toFixed(1)}%` : String(row.value)) : '') }, markLine: mark }
        : { type: 'line', data: drawn.values, connectNulls: false, symbolSize: 6, lineStyle: { color: colour('info'), width: 2 }, itemStyle: { color: colour('info') }, markLine: mark },
    ],
  })
  return { resize: () => one.resize(), end: () => one.dispose() }
}
