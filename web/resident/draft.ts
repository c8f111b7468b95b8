// SPDX-License-Identifier: MulanPSL-2.0
// What somebody is writing, saved at every keystroke: words in localStorage, because that is written before the next
// instruction runs; photos and voice in IndexedDB. Forgotten when sent, or after two weeks.
import { drop, keep, kept } from '../shared/keep'

export interface DraftText {
  kind: string
  item: string
  words: string
  contact_name: string
  contact_phone: string
  door_number: string
  is_private: boolean
  share_contact: boolean
  at: number
}
export interface DraftFiles {
  photos: Blob[]
  voice: Blob | null
}
const DAYS_14_MS = 14 * 86_400_000
const name = (door: string) => `linli.draft.${door}`

export function emptyDraft(): DraftText {
  return { kind: '', item: '', words: '', contact_name: '', contact_phone: '', door_number: '', is_private: false, share_contact: false, at: 0 }
}
export function isEmpty(text: DraftText, files: DraftFiles): boolean {
  return !text.kind && !text.words && files.photos.length === 0 && !files.voice
}
export function saveText(door: string, text: DraftText): void {
  try {
    localStorage.setItem(name(door), JSON.stringify({ ...text, at: Date.now() }))
  } catch {
    // A full or forbidden store: the page still holds it.
  }
}
export function loadText(door: string, now = Date.now()): DraftText {
  try {
    const found = JSON.parse(localStorage.getItem(name(door)) ?? 'null') as Partial<DraftText> | null
    if (found && now - (found.at ?? 0) < DAYS_14_MS) return { ...emptyDraft(), ...found }
  } catch {
    // Not ours, or half written.
  }
  localStorage.removeItem(name(door))
  return emptyDraft()
}
export async function saveFiles(door: string, files: DraftFiles): Promise<void> {
  await keep('draft', door, { photos: [...files.photos], voice: files.voice })
}
export async function loadFiles(door: string): Promise<DraftFiles> {
  return (await kept<DraftFiles>('draft', door)) ?? { photos: [], voice: null }
}
export async function forget(door: string): Promise<void> {
  localStorage.removeItem(name(door))
  await drop('draft', door)
}
