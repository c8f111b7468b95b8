// SPDX-License-Identifier: MulanPSL-2.0
// An error as a sentence for a person: the server's own translated one where it gave one, else ours by status.
import { ApiError } from './api'
import { has, t } from './i18n'
import { dayTime } from './time'

export function kindWords(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.unknown')
  if (error.offline) return t('error.net.offline')
  // An instant inside a sentence of the server is told as people tell it.
  if (error.message) return error.message.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) => dayTime(at))
  const byStatus = `error.${error.status}`
  return has(byStatus) ? t(byStatus) : t('error.unknown')
}
export function fieldAtFault(error: unknown): string | null {
  return error instanceof ApiError ? error.field : null
}
