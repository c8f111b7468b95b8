// SPDX-License-Identifier: MulanPSL-2.0
// Working time, written a second time: as a list of open spans through which one walks. Instants and spans in ms.
export type Unit = "urgent_hour" | "work_hour" | "work_day" | "day";
export type Span = [from: number, to: number];

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export class Calendar {
  readonly version: string;
  readonly zone: number;
  private readonly hours: Span[]; // of a working day, from its midnight
  private readonly off = new Set<string>();
  private readonly moved = new Set<string>();

  constructor(text: string) {
    const lines = text.split(/\r?\n/).map((line) => line.replace(/#.*/, "").trim().split(/\s+/));
    const one = (word: string) => lines.find((line) => line[0] === word)?.slice(1) ?? [];
    this.version = one("version")[0];
    const zone = /^([+-])(\d\d):(\d\d)$/.exec(one("zone")[0])!;
    this.zone = (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * HOUR + Number(zone[3]) * 60_000);
    this.hours = one("hours").map((word) => word.split("-").map((at) => Number(at.split(":")[0]) * HOUR + Number(at.split(":")[1]) * 60_000) as Span);
    for (const line of lines) {
      if (line[0] === "holiday") this.off.add(line[1]);
      if (line[0] === "workday") this.moved.add(line[1]);
    }
  }

  /** Local date, 2026-11-24. */
  date(at: number): string {
    return new Date(at + this.zone).toISOString().slice(0, 10);
  }

  works(midnight: number): boolean {
    const date = this.date(midnight);
    const weekday = new Date(midnight + this.zone).getUTCDay();
    return weekday === 0 || weekday === 6 ? this.moved.has(date) : !this.off.has(date);
  }

  unit(unit: Unit): number {
    if (unit === "urgent_hour" || unit === "work_hour") return HOUR;
    return unit === "day" ? DAY : this.hours.reduce((sum, [from, to]) => sum + to - from, 0);
  }

  /** The spans that count from an instant on: open time without what is paused. */
  private *counting(start: number, unit: Unit, pauses: Span[]): Generator<Span> {
    const sorted = pauses.filter(([from, to]) => to > from).sort((a, b) => a[0] - b[0]);
    for (const [from, to] of this.open(start, unit)) {
      let at = from;
      for (const [pauseFrom, pauseTo] of sorted) {
        if (pauseTo <= at || pauseFrom >= to) continue;
        if (pauseFrom > at) yield [at, pauseFrom];
        at = Math.max(at, Math.min(pauseTo, to));
      }
      if (at < to) yield [at, to];
    }
  }

  private *open(start: number, unit: Unit): Generator<Span> {
    if (unit === "urgent_hour" || unit === "day") {
      for (let at = start; ; at += DAY) yield [at, at + DAY];
    }
    let midnight = Math.floor((start + this.zone) / DAY) * DAY - this.zone;
    for (let days = 0; days < 20_000; days++, midnight += DAY) {
      if (!this.works(midnight)) continue;
      for (const [from, to] of this.hours) if (midnight + to > start) yield [Math.max(start, midnight + from), midnight + to];
    }
  }

  /** The instant at which so much time is used up. */
  due(start: number, need: number, unit: Unit, pauses: Span[]): number {
    let left = need;
    for (const [from, to] of this.counting(start, unit, pauses)) {
      if (to - from >= left) return from + left;
      left -= to - from;
    }
    return Infinity;
  }

  elapsed(start: number, end: number, unit: Unit, pauses: Span[]): number {
    let sum = 0;
    for (const [from, to] of this.counting(start, unit, pauses)) {
      if (from >= end) break;
      sum += Math.min(to, end) - from;
    }
    return sum;
  }
}
