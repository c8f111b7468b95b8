// SPDX-License-Identifier: MulanPSL-2.0
import { expect, it } from 'vitest'
import { draw, SHEET, stepOf, steps } from './choropleth'

const square = (id: string, x: number) => ({ id, properties: { name: id, parent: null }, geometry: { type: 'Polygon' as const, coordinates: [[[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]]] } })

it('draws north up, neighbours with the same corners', () => {
  const { areas, height } = draw([square('a', 0), square('b', 1)])
  expect(height).toBeCloseTo(SHEET / 2, -1)
  expect(areas[0].path.startsWith(`M0.0 ${height.toFixed(1)}`)).toBe(true)
  const corners = (path: string) => path.slice(1, -1).split('L')
  expect(corners(areas[0].path).filter((one) => corners(areas[1].path).includes(one)).length).toBeGreaterThanOrEqual(2)
})
it('has five steps, each number in one', () => {
  expect([0, 59.9, 60, 84, 95, 100].map((n) => stepOf(n, steps('share', 0)))).toEqual([0, 0, 1, 2, 4, 4])
  expect(steps('count', 23)).toEqual([5, 10, 15, 20])
})
it('draws nothing of nothing', () => expect(draw([]).areas).toEqual([]))
