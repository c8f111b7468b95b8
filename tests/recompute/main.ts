// SPDX-License-Identifier: MulanPSL-2.0
// The second opinion: an export of the log and the calendar in, every difference out.
//   vite-node tests/recompute/main.ts -- LOG CALENDAR [LEDGER.csv [by [month]]]
// Ends with 1 when anything differs.
import { readFileSync } from "node:fs";
import { Calendar } from "./calendar";
import { reckonClocks } from "./clocks";
import { type By, compareFigures, period, readFigures, reckonEntries, reckonFigures } from "./figures";
import { idOf, readLog } from "./log";
import { compareDraws } from "./rechecks";

const [log, calendarFile, csv, by = "all", month] = process.argv.slice(2).filter((word) => word !== "--");
if (!log || !calendarFile) {
  console.error("usage: main.ts LOG CALENDAR [LEDGER.csv [all|district|subdistrict|community|grid|item|unit [month]]]");
  process.exit(2);
}
const { events, seals, suite } = await readLog(log);
const calendar = new Calendar(readFileSync(calendarFile, "utf8"));
const until = Math.max(...events.filter((event) => event.kind === "request").map((event) => event.at));
const clocks = reckonClocks(events, calendar, until);
const seen = new Map<string, number>(); // one line a kind of difference is enough when there are many
for (const one of clocks.differences) {
  const kind = one.event.split(" ")[0] + one.what.replace(/[0-9TZ:.-]+/g, "#");
  seen.set(kind, (seen.get(kind) ?? 0) + 1);
  if (seen.get(kind)! <= 3) console.log(`${one.request} ${one.event}: ${one.what}`);
}
const draws = compareDraws(events, seals, suite, idOf);
for (const one of draws.differences.slice(0, 40)) console.log(one);
let wrong = clocks.differences.length + draws.differences.length;
if (csv) {
  const text = readFileSync(csv, "utf8");
  const reckoned = reckonFigures(reckonEntries(events, calendar), by as By, !!month, period(text));
  const differences = compareFigures(reckoned, readFigures(text, by as By, !!month));
  for (const one of differences.slice(0, 40)) console.log(one);
  wrong += differences.length;
}
console.log(`${clocks.requests} requests, ${clocks.tasks} tasks, ${clocks.marks} marks, ${draws.drawn} drawn to be checked again: ${wrong} differences`);
process.exit(wrong ? 1 : 0);
