// SPDX-License-Identifier: MulanPSL-2.0
// Counts of Vitest's JSON report: "passed failed skipped". A file that could not run counts as failed.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
const broken = report.testResults.filter((f: { status: string; assertionResults: unknown[] }) => f.status === "failed" && f.assertionResults.length === 0).length;
const skipped = report.numPendingTests + report.numTodoTests;
if (report.numTotalTests + broken === 0) process.exit(1);
console.log(`${report.numPassedTests} ${report.numFailedTests + broken} ${skipped}`);
