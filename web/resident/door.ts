// SPDX-License-Identifier: MulanPSL-2.0
// The door last scanned, remembered so that the home page knows where one is; and the code as people type it.
import { ref } from 'vue'

const KEPT = 'linli.door'
export interface LastDoor {
  code: string
  name: string
}
function read(): LastDoor | null {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? 'null') as LastDoor | null
  } catch {
    return null
  }
}
export const lastDoor = ref<LastDoor | null>(read())
export function rememberDoor(door: LastDoor | null): void {
  lastDoor.value = door
  if (door) localStorage.setItem(KEPT, JSON.stringify(door))
  else localStorage.removeItem(KEPT)
}

/** The code of a door out of what was scanned or typed: a link …/q/CODE, or the code with spaces and small letters. */
export function doorCode(text: string): string {
  const link = /\/q\/([^/?#\s]+)/.exec(text)
  if (link) return decodeURIComponent(link[1])
  // Crockford's base32: O is read as 0, I and L as 1.
  return text.replace(/[\s-]/g, '').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
}
