// SPDX-License-Identifier: MulanPSL-2.0
// Counts of a meson test log (one JSON object a line): "passed failed skipped", then what failed printed.
// cmocka's own cases are counted; a program that prints none counts as one.
import { readFileSync } from "node:fs";

let passed = 0, failed = 0, skipped = 0;
const faults: string[] = [];
for (const line of readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean)) {
  const test = JSON.parse(line);
  const output = `${test.stdout ?? ""}\n${test.stderr ?? ""}`;
  const count = (mark: string) => output.split("\n").filter((l) => l.startsWith(mark)).length;
  const ok = count("[       OK ]"), bad = new Set(output.split("\n").filter((l) => l.startsWith("[  FAILED  ]") && !/test\(s\)/.test(l))).size;
  if (test.result === "SKIP") skipped++;
  else if (test.result === "OK") passed += Math.max(ok, 1), skipped += count("[  SKIPPED ]") ? 1 : 0;
  else {
    passed += ok;
    failed += Math.max(bad, 1);
    faults.push(`--- ${test.name}: ${test.result}\n${output.split("\n").slice(-60).join("\n")}`);
  }
}
console.log(`${passed} ${failed} ${skipped}`);
if (passed + failed === 0) process.exit(1);
if (faults.length) console.log(faults.join("\n"));
