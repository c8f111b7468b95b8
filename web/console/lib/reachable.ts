// SPDX-License-Identifier: MulanPSL-2.0
import { nextTick } from 'vue'

/** The list of an open choice scrolls: it must be reachable with the keyboard alone, which Element Plus forgets. */
export async function reachable(open: boolean): Promise<void> {
  if (!open) return
  await nextTick()
  document.querySelectorAll<HTMLElement>('.el-select-dropdown__wrap').forEach((list) => (list.tabIndex = 0))
}
