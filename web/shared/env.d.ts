// SPDX-License-Identifier: MulanPSL-2.0
/// <reference types="vite/client" />
