// SPDX-License-Identifier: MulanPSL-2.0
// ./test --soak kill: the kill test, 60 times on each engine.
process.env.LINLI_KILLS ??= "60";
await import("../fault/kill.test");
