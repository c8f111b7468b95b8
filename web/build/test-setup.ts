// SPDX-License-Identifier: MulanPSL-2.0
// Node 18 keeps the browser's crypto apart; the pages expect it where a browser has it.
import { webcrypto } from 'node:crypto'

globalThis.crypto ??= webcrypto as Crypto
