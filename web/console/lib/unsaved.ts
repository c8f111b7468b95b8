// SPDX-License-Identifier: MulanPSL-2.0
// Nothing written is lost by a stray click: pages and dialogs that hold unsaved words say so here.
import { ElMessageBox } from 'element-plus'
import { onBeforeUnmount } from 'vue'
import { t } from './i18n'

const holders = new Set<() => boolean>()
export const anythingUnsaved = (): boolean => [...holders].some((holds) => holds())
export function holdUnsaved(holds: () => boolean): () => void {
  holders.add(holds)
  return () => holders.delete(holds)
}
export function useUnsaved(holds: () => boolean): void {
  onBeforeUnmount(holdUnsaved(holds))
}
export async function mayLeave(): Promise<boolean> {
  return !anythingUnsaved() || askToDiscard()
}
export async function askToDiscard(): Promise<boolean> {
  return ElMessageBox.confirm(t('app.unsaved'), t('app.unsaved_title'), { confirmButtonText: t('app.leave'), cancelButtonText: t('app.stay'), type: 'warning' }).then(
    () => true,
    () => false,
  )
}
export function watchTheWindow(): void {
  window.addEventListener('beforeunload', (event) => {
    if (anythingUnsaved()) event.preventDefault()
  })
}
