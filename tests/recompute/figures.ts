// SPDX-License-Identifier: MulanPSL-2.0
// The figures of docs/ledger.md, made a second time from its definitions and the log, and compared with what
// `linli ledger --csv` prints: raw and net, of the whole time or of months, of each place of a level, item or unit.
import type { Calendar } from "./calendar";
import { type LogEvent, idOf } from "./log";

/** What counts: on which day, for which place and unit. */
interface Entry {
  counter: string;
  day: string;
  n: number;
  request: Facts;
  unit: string;
}
interface Facts {
  excluded: boolean;
  district: string;
  subdistrict: string;
  community: string;
  grid: string;
  item: string;
}
export type By = "all" | "district" | "subdistrict" | "community" | "grid" | "item" | "unit";

/** Numerator and denominator of each figure, in order of the definitions; without a denominator: a plain number. */
const figures: Record<string, [string, string?]> = {
  filed: ["filed"],
  response: ["responded", "sent"],
  resolution: ["solved", "callbacks"],
  satisfaction: ["satisfied", "callbacks"],
  dispatch: ["sent_in_time", "sent"],
  due: ["due"],
  closing: ["closed", "due"],
  closing_in_time: ["closed_in_time", "due"],
  rework: ["reworked", "finished"],
  extension: ["extended", "filed"],
  returns: ["returned"],
  deeds: ["deeds"],
  lapsed: ["lapsed"],
  excluded: ["excluded"],
};

interface Leg {
  due: number;
  unit: string;
  open: boolean;
  dropped: boolean; // withdrawn, refused, joined: not counted
  closed: boolean;
  inTime: boolean;
}

/** The entries of one request. */
function entriesOf(events: LogEvent[], calendar: Calendar): Entry[] {
  const told = events[0].data;
  const excluded = events.findLast((event) => ["request.excluded", "request.restored"].includes(event.type))?.type === "request.excluded";
  const item = events.findLast((event) => ["request.reported", "request.reclassified"].includes(event.type))!.data.item; // it counts whole under what it became
  const request: Facts = { excluded, district: told.district, subdistrict: told.subdistrict, community: told.community, grid: told.grid, item };
  if (!told.district) return [];
  const entries: Entry[] = [];
  const put = (counter: string, at: number, unit: string, n = 1) => entries.push({ counter, day: calendar.date(at), n, request, unit });
  const is = (event: LogEvent, ...types: string[]) => types.includes(event.type.slice("request.".length));
  // A wish that a neighbour takes on is no case; an errand that a team takes has been sent out.
  const sent = events.find((event) => is(event, "dispatched") || (is(event, "claimed") && event.data.to === "in_progress"));
  const firstUnit = idOf(sent?.data.org);
  const filed = events.find((event) => is(event, "filed", "converted"));
  if (filed) put("filed", filed.at, firstUnit);
  if (filed && events.some((event) => is(event, "extended"))) put("extended", filed.at, firstUnit);
  if (filed && excluded) put("excluded", filed.at, firstUnit);
  if (sent) {
    put("sent", sent.at, firstUnit);
    if (sent.at <= Date.parse(sent.data.dispatch_due)) put("sent_in_time", sent.at, firstUnit);
    const answer = events.find((event) => event.data.response_due);
    if (answer && answer.at <= Date.parse(answer.data.response_due)) put("responded", sent.at, firstUnit);
  }
  let unit = "0";
  let due = Date.parse(told.due);
  let finish: { at: number; unit: string; inTime: boolean } | undefined;
  let confirmed: { at: number; unit: string; rating?: number; undone?: boolean } | undefined;
  const legs: Leg[] = [];
  let leg: Leg | undefined;
  const begin = () => {
    if (!leg?.open) legs.push((leg = { due, unit, open: true, dropped: false, closed: false, inTime: false }));
  };
  const end = (closed: boolean, dropped: boolean) => {
    if (!leg?.open) return;
    Object.assign(leg, { open: false, closed, dropped, inTime: closed && !!finish?.inTime });
  };
  for (const event of events) {
    if (is(event, "returned")) put("returned", event.at, unit);
    if (event.data.org) unit = idOf(event.data.org);
    if (event.data.due) due = Date.parse(event.data.due);
    if (is(event, "filed", "converted", "separated", "reopened")) begin();
    if (is(event, "finished")) {
      finish = { at: event.at, unit, inTime: event.at <= Date.parse(event.data.completion_due) };
      put("finished", event.at, unit);
    }
    if (is(event, "denied", "confirmed")) put("callbacks", event.at, unit);
    if (is(event, "denied", "reworked") && finish) {
      put("reworked", finish.at, finish.unit);
      finish = undefined;
    }
    if (is(event, "confirmed")) {
      put("solved", event.at, unit);
      put("deeds", event.at, unit);
      confirmed = { at: event.at, unit };
    }
    if (is(event, "rated") && confirmed && !confirmed.rating) {
      confirmed.rating = event.data.rating;
      if (event.data.rating >= 3) put("satisfied", confirmed.at, confirmed.unit);
    }
    if (is(event, "lapsed")) put("lapsed", event.at, unit);
    if (is(event, "confirmed", "lapsed", "explained", "not_ours")) end(true, false);
    if (is(event, "withdrawn", "refused", "merged")) end(false, true);
    if (is(event, "reopened")) {
      if (confirmed) put("deeds", confirmed.at, confirmed.unit, -1);
      confirmed = undefined;
      finish = undefined;
    }
    if (leg?.open) Object.assign(leg, { due, unit: unit === "0" ? leg.unit : unit });
  }
  for (const one of legs.filter((one) => !one.dropped)) {
    const ours = one.unit === "0" ? firstUnit : one.unit;
    put("due", one.due, ours);
    if (one.closed) put("closed", one.due, ours);
    if (one.closed && one.inTime) put("closed_in_time", one.due, ours);
  }
  return entries;
}

export function reckonEntries(events: LogEvent[], calendar: Calendar): Entry[] {
  const subjects = new Map<string, LogEvent[]>();
  for (const event of events)
    if (event.kind === "request" && event.type.startsWith("request.")) {
      const known = subjects.get(event.subject);
      if (known) known.push(event);
      else if (event.type === "request.reported") subjects.set(event.subject, [event]);
    }
  return [...subjects.values()].flatMap((of) => entriesOf(of, calendar));
}

const fraction = (sum: Map<string, number>, [over, under]: [string, string?]) => `${sum.get(over) ?? 0}${under ? `/${sum.get(under) ?? 0}` : ""}`;

/** Key: member, first day and figure; value: "numerator/denominator", raw and net. */
export function reckonFigures(entries: Entry[], by: By, monthly: boolean, [from, to]: [string, string]): Map<string, string> {
  const sums = new Map<string, { raw: Map<string, number>; net: Map<string, number> }>();
  for (const entry of entries.filter((one) => one.day >= from && one.day <= to)) {
    const member = by === "all" ? "" : by === "unit" ? entry.unit : by === "item" ? entry.request.item : idOf(entry.request[by]);
    const key = `${member} ${monthly ? entry.day.slice(0, 7) : ""}`;
    if (!sums.has(key)) sums.set(key, { raw: new Map(), net: new Map() });
    const sum = sums.get(key)!;
    for (const part of entry.request.excluded ? [sum.raw] : [sum.raw, sum.net]) part.set(entry.counter, (part.get(entry.counter) ?? 0) + entry.n);
  }
  const told = new Map<string, string>();
  for (const [key, sum] of sums)
    for (const [figure, parts] of Object.entries(figures)) {
      const raw = fraction(sum.raw, parts);
      if (/[1-9]/.test(raw)) told.set(`${key} ${figure}`, `${raw} net ${fraction(sum.net, parts)}`);
    }
  return told;
}

/** The same of what `linli ledger --csv` printed. */
export function readFigures(csv: string, by: By, monthly: boolean): Map<string, string> {
  const told = new Map<string, string>();
  const [head, ...lines] = csv.replace(/^\uFEFF/, "").trim().split(/\r?\n/);
  const names = cells(head);
  for (const line of lines) {
    const row = Object.fromEntries(cells(line).map((cell, index) => [names[index], cell]));
    if (!(row.figure in figures)) continue;
    const member = by === "all" ? "" : by === "item" ? row.member : idOf(row.member);
    const part = (over: string, under: string) => (under === "" ? over : `${over}/${under}`);
    const raw = part(row.raw_numerator, row.raw_denominator);
    const value = `${raw} net ${part(row.net_numerator, row.net_denominator)}`;
    if (!/[1-9]/.test(raw)) continue;
    told.set(`${member} ${monthly ? row.from.slice(0, 7) : ""} ${row.figure}`, value);
  }
  return told;
}

/** The first and the last day that the CSV speaks of. */
export function period(csv: string): [string, string] {
  const days = [...csv.matchAll(/,(\d{4}-\d\d-\d\d),(\d{4}-\d\d-\d\d),/g)];
  return [days.map((one) => one[1]).sort()[0] ?? "", days.map((one) => one[2]).sort().at(-1) ?? ""];
}

function cells(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)].slice(0, -1).map((match) => match[1].replace(/^"|"$/g, "").replace(/""/g, '"')).concat(line.endsWith(",") ? [""] : []);
}

export function compareFigures(reckoned: Map<string, string>, told: Map<string, string>): string[] {
  const differences: string[] = [];
  for (const key of new Set([...reckoned.keys(), ...told.keys()]))
    if (reckoned.get(key) !== told.get(key)) differences.push(`${key}: told ${told.get(key) ?? "nothing"}, reckoned ${reckoned.get(key) ?? "nothing"}`);
  return differences;
}
