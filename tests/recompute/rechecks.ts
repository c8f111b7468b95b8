// SPDX-License-Identifier: MulanPSL-2.0
// Who is checked again, drawn a second time from the log alone by the recipe of docs/decisions/0005-rechecks.md.
import { createHash } from "node:crypto";
import type { LogEvent, Seal } from "./log";

const DAY = 86_400_000;
const ZONE = 8 * 3_600_000; // the calendar's
const solving = ["request.confirmed", "request.lapsed"];

interface Solved {
  unit: string;
  at: number; // of the last solving event; 0: opened again since
  district: boolean;
}

function solvedUpTo(events: LogEvent[], last: bigint): Map<string, Solved> {
  const cases = new Map<string, Solved>();
  for (const event of events) {
    if (event.kind !== "request" || event.id > last) continue;
    const one = cases.get(event.subject) ?? { unit: "", at: 0, district: false };
    cases.set(event.subject, one);
    if (event.type === "request.reported") one.district = !!event.data.district;
    if (event.data.org !== undefined) one.unit = event.data.org ?? "";
    if (solving.includes(event.type)) one.at = event.at;
    if (event.type === "request.reopened") one.at = 0;
  }
  return cases;
}

/** "request rank" of each that a week's seal draws. */
export function draw(events: LogEvent[], seal: Seal, week: string, suite: string): Set<string> {
  const from = Date.parse(`${week}T00:00:00Z`) - ZONE;
  const units = new Map<string, string[]>();
  for (const [request, one] of solvedUpTo(events, seal.lastId)) {
    if (!one.district || one.at < from || one.at >= from + 7 * DAY) continue;
    units.set(one.unit, [...(units.get(one.unit) ?? []), request]);
  }
  const hash = (unit: string, request: string) =>
    createHash(suite === "sm" ? "sm3" : "sha256").update(["linli.recheck.1", seal.hash, week, unit, request].join("\n")).digest("hex");
  const drawn = new Set<string>();
  for (const [unit, requests] of units) {
    const lots = requests.map((request) => ({ request, lot: hash(unit, request) })).sort((a, b) => (a.lot < b.lot ? -1 : 1));
    lots.slice(0, Math.min(10, Math.ceil(lots.length / 20))).forEach(({ request }, at) => drawn.add(`${request} ${at + 1}`));
  }
  return drawn;
}

/** Every week that the log drew, against the same draw made here. */
export function compareDraws(events: LogEvent[], seals: Seal[], suite: string, idOf: (text: string) => string): { drawn: number; differences: string[] } {
  const weeks = new Map<string, Set<string>>();
  const differences: string[] = [];
  let drawn = 0;
  for (const { type, data } of events) {
    if (type !== "recheck.drawn") continue;
    const key = `${data.week} ${data.seal}`;
    if (!weeks.has(key)) weeks.set(key, new Set());
    weeks.get(key)!.add(`${idOf(data.request)} ${data.rank}`);
    drawn++;
  }
  for (const [key, told] of weeks) {
    const [week, hash] = key.split(" ");
    const end = Date.parse(`${week}T00:00:00Z`) - ZONE + 7 * DAY;
    const seal = seals.find((one) => one.minute * 60_000 >= end);
    if (seal?.hash !== hash) differences.push(`draw ${week}: another seal is the first after it`);
    else {
      const ours = draw(events, seal, week, suite);
      for (const one of new Set([...ours, ...told])) if (!ours.has(one) || !told.has(one)) differences.push(`draw ${week}: ${one} is ${told.has(one) ? "told and not drawn" : "drawn and not told"}`);
    }
  }
  return { drawn, differences };
}
