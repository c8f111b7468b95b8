// SPDX-License-Identifier: MulanPSL-2.0
// A map of figures: shapes of places onto a sheet, and the step of a scale that a number is in.
export interface Feature {
  id: string
  properties: { name: string; parent: string | null }
  geometry: { type: 'Polygon' | 'MultiPolygon'; coordinates: unknown }
}
export interface Shapes {
  invented: boolean
  features: Feature[]
  next: string | null
}
type Ring = [number, number][]
export interface Area {
  id: string
  name: string
  path: string
  x: number
  y: number
}
export const SHEET = 1000

const polygons = (one: Feature): Ring[][] => (one.geometry.type === 'Polygon' ? [one.geometry.coordinates as Ring[]] : (one.geometry.coordinates as Ring[][]))

/** North up, as large as the sheet allows, a degree of longitude shortened as in the middle of what is shown. */
export function draw(features: Feature[]): { areas: Area[]; height: number } {
  const all = features.flatMap((one) => polygons(one).flatMap((rings) => rings[0] ?? []))
  if (!all.length) return { areas: [], height: SHEET }
  const [west, east] = all.reduce(([low, high], [x]) => [Math.min(low, x), Math.max(high, x)], [Infinity, -Infinity])
  const [south, north] = all.reduce(([low, high], [, y]) => [Math.min(low, y), Math.max(high, y)], [Infinity, -Infinity])
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const scale = SHEET / Math.max((east - west) * squeeze, north - south, 1e-9)
  const at = ([x, y]: [number, number]): [number, number] => [(x - west) * squeeze * scale, (north - y) * scale]
  const areas = features.map((one) => {
    const drawn = polygons(one).map((rings) => rings.map((ring) => ring.map(at)))
    const ring = drawn.map((rings) => rings[0]).sort((a, b) => b.length - a.length)[0]
    const mean = (axis: 0 | 1) => ring.reduce((sum, point) => sum + point[axis], 0) / ring.length
    const path = drawn.flat().map((points) => `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}Z`).join('')
    return { id: one.id, name: one.properties.name, path, x: mean(0), y: mean(1) }
  })
  return { areas, height: Math.max(1, (north - south) * scale) }
}

/** Borders between the steps: of rates always the same, so that two maps can be compared; of counts by the greatest. */
export function steps(kind: 'count' | 'share' | 'composite', greatest: number): number[] {
  if (kind !== 'count') return [60, 75, 85, 95]
  const fifth = Math.max(1, Math.ceil(greatest / 5))
  return [1, 2, 3, 4].map((n) => n * fifth)
}
export const stepOf = (value: number, borders: number[]): number => borders.filter((border) => value >= border).length
