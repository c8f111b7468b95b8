// SPDX-License-Identifier: MulanPSL-2.0
// A short sentence that something was done, or was not.
import { ElMessage, ElMessageBox } from 'element-plus'
import { t } from './i18n'

export function say(text: string, tone: 'ok' | 'danger' = 'ok'): void {
  ElMessage({ message: text, type: tone === 'ok' ? 'success' : 'error', duration: tone === 'ok' ? 4000 : 8000, showClose: true, grouping: true })
}
/** Asks before what cannot be undone at once. */
export function sure(title: string, text: string, go: string): Promise<boolean> {
  return ElMessageBox.confirm(text, title, { confirmButtonText: go, cancelButtonText: t('do.cancel'), type: 'warning', autofocus: true }).then(
    () => true,
    () => false,
  )
}
