// SPDX-License-Identifier: MulanPSL-2.0
// Elder size is the ordinary size; from there text grows in four steps to 30 px. Everything is sized in rem.
import { ref } from 'vue'

const KEPT = 'linli.size'
export const SIZES = [1, 2, 3, 4] as const
export type Size = (typeof SIZES)[number]

function kept(): Size {
  const value = Number(typeof localStorage === 'undefined' ? 1 : localStorage.getItem(KEPT))
  return (SIZES as readonly number[]).includes(value) ? (value as Size) : 1
}
export const size = ref<Size>(kept())
function show(): void {
  if (typeof document !== 'undefined') document.documentElement.dataset.size = String(size.value)
}
show()
export function setSize(next: Size): void {
  size.value = next
  if (typeof localStorage !== 'undefined') localStorage.setItem(KEPT, String(next))
  show()
}
/** One step up; after the largest, back to the first. */
export function nextSize(): void {
  setSize(size.value === 4 ? 1 : ((size.value + 1) as Size))
}
