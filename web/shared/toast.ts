// SPDX-License-Identifier: MulanPSL-2.0
// Short messages at the top of the screen. They stay until closed or 8 seconds; one with a button stays until used.
import { reactive } from 'vue'

export interface Toast {
  id: number
  text: string
  tone: 'ok' | 'info' | 'danger'
  action?: { label: string; run: () => void }
}
export const toasts = reactive<Toast[]>([])
let last = 0

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
export function say(text: string, tone: Toast['tone'] = 'ok', action?: Toast['action']): number {
  const id = ++last
  toasts.push({ id, text, tone, action })
  if (toasts.length > 3) toasts.shift()
  if (!action) setTimeout(() => dismiss(id), 8000)
  return id
}
