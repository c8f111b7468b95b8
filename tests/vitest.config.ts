// SPDX-License-Identifier: MulanPSL-2.0
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["./setup.ts"],
    include: ["**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    retry: process.env.CI ? 2 : 0, // a shared machine may stall for seconds; what fails thrice is a fault
    fileParallelism: false, // two cores: one server and one client at a time
    pool: "forks",
  },
});
