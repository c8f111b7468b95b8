// SPDX-License-Identifier: MulanPSL-2.0
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["./setup.ts"],
    include: ["**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    fileParallelism: false, // two cores: one server and one client at a time
    pool: "forks",
  },
});
