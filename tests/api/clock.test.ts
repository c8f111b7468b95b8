// SPDX-License-Identifier: MulanPSL-2.0
// `linli clock` against a second count that knows nothing of it: minute by minute over the calendar file.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { linli } from "./harness";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const text = readFileSync(join(__dirname, "../../data/calendar.txt"), "utf8");
const listed = (verb: string) => new Set([...text.matchAll(new RegExp(`^${verb} (\\S+)`, "gm"))].map((match) => match[1]));
const holidays = listed("holiday");
const workdays = listed("workday");
const zone = 8 * 60 * MINUTE;
const hours = [...text.match(/^hours (.*)$/m)![1].matchAll(/(\d+):(\d+)-(\d+):(\d+)/g)].map((match) => match.slice(1).map(Number));
const minutesADay = hours.reduce((sum, [h1, m1, h2, m2]) => sum + (h2 * 60 + m2) - (h1 * 60 + m1), 0);

type Unit = "urgent_hour" | "work_hour" | "work_day" | "day";
const unitMinutes: Record<Unit, number> = { urgent_hour: 60, work_hour: 60, work_day: minutesADay, day: 24 * 60 };
type Pause = [number, number];

/** Does the minute that begins at this instant count? */
function counts(at: number, unit: Unit, pauses: Pause[]): boolean {
  if (pauses.some(([from, to]) => at >= from && at < to)) return false;
  if (unit === "urgent_hour" || unit === "day") return true;
  const local = new Date(at + zone);
  const day = local.toISOString().slice(0, 10);
  const weekend = local.getUTCDay() % 6 === 0;
  if (holidays.has(day) || (weekend && !workdays.has(day))) return false;
  const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
  return hours.some(([h1, m1, h2, m2]) => minute >= h1 * 60 + m1 && minute < h2 * 60 + m2);
}
function due(start: number, unit: Unit, budget: number, pauses: Pause[]): number {
  let at = start;
  for (let left = budget * unitMinutes[unit]; left > 0; at += MINUTE) if (counts(at, unit, pauses)) left--;
  return at;
}
function elapsed(start: number, end: number, unit: Unit, pauses: Pause[]): number {
  let minutes = 0;
  for (let at = start; at < end; at += MINUTE) if (counts(at, unit, pauses)) minutes++;
  return minutes / unitMinutes[unit];
}

let seed = 20260101;
const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
const instant = (at: number) => new Date(at + zone).toISOString().replace(".000Z", "+08:00");
const units = Object.keys(unitMinutes) as Unit[];
const some = Array.from({ length: 400 }, () => {
  const start = Date.UTC(2025, 0, 2) + random(700 * 24 * 60) * MINUTE;
  const pauses = Array.from({ length: random(4) }, (): Pause => {
    const from = start + (random(8 * 24 * 60) - 24 * 60) * MINUTE;
    return [from, from + random(3 * 24 * 60) * MINUTE];
  });
  return { start, end: start + random(15 * 24 * 60) * MINUTE, unit: units[random(4)], budget: 1 + random(9), pauses };
});
const written = (pauses: Pause[]) => pauses.map(([from, to]) => `${instant(from)}/${instant(to)}`).join(";");

describe("linli clock", () => {
  it("finds the due time that counting minutes finds", () => {
    const rows = some.map((one) => `${instant(one.start)},${one.unit},${one.budget},${written(one.pauses)}`);
    const answer = linli(["clock", "due"], ["start,unit,budget,pauses", ...rows].join("\n"));
    expect(answer.status, answer.stderr).toBe(0);
    expect(answer.stdout.trimEnd().split("\n")).toEqual(some.map((one) => new Date(due(one.start, one.unit, one.budget, one.pauses)).toISOString()));
  });

  it("finds the elapsed time that counting minutes finds, with columns in any order", () => {
    const rows = some.map((one) => `${written(one.pauses)},${one.unit},${instant(one.end)},${instant(one.start)}`);
    const answer = linli(["clock", "elapsed"], ["pauses,unit,end,start", ...rows].join("\r\n"));
    expect(answer.status, answer.stderr).toBe(0);
    const told = answer.stdout.trimEnd().split("\n").map(Number);
    some.forEach((one, index) => expect(told[index]).toBeCloseTo(elapsed(one.start, one.end, one.unit, one.pauses), 9));
  });

  it("names the line that it cannot read and answers the others", () => {
    const answer = linli(["clock", "due"], "2026-03-02T09:00:00+08:00,work_hour,1,\n2026-03-02,work_year,1,\n2026-03-02T09:00:00+08:00,day,1,\n");
    expect(answer.status).toBe(1);
    expect(answer.stdout).toBe("2026-03-02T02:00:00.000Z\n\n2026-03-03T01:00:00.000Z\n");
    expect(answer.stderr).toMatch(/line 2: unit/);
    expect(linli(["clock", "due", "--calendar", "/nowhere"]).status).toBe(2);
    expect(linli(["clock"]).status).toBe(2);
  });
});
