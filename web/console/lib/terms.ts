// SPDX-License-Identifier: MulanPSL-2.0
import type { Term } from './types'

/** The term that was running at the end of a day here (yyyy-mm-dd); undefined: the post was vacant. */
export function holderOn(terms: readonly Term[], day: string, offset = '+08:00'): Term | undefined {
  const at = Date.parse(`${day}T23:59:59.999${offset}`)
  return terms.find((term) => Date.parse(term.from) <= at && (!term.to || Date.parse(term.to) > at))
}
