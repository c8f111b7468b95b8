// SPDX-License-Identifier: MulanPSL-2.0
// The limits of whistle tasks, reckoned from their events and the calendar: to be there and to be cleared, both from the
// task's own dispatch, standing still while its request does. src/domain/request/README.md, "Whistle, check-in, clear".
import type { Calendar, Span, Unit } from "./calendar";
import { type LogEvent } from "./log";

const MINUTE = 60_000;
const shares = [50, 80, 100, 150, 200];

/** What a task has to know of its request. */
export interface Parent {
  readonly id: string;
  readonly pauses: Span[];
  readonly pausedAt: number;
  readonly resumedAt: number;
  differ(event: LogEvent | undefined, what: string): void;
}
type Clock = "check_in" | "clear";

export class Task {
  marks = 0;
  private state = "summoned";
  private dispatched = 0;
  private unit: Unit = "day";
  private budgets = { check_in: 0, clear: 0 };
  private levels = { check_in: 0, clear: 0 };
  private last = 0;

  constructor(
    private readonly calendar: Calendar,
    private readonly parent: Parent,
  ) {}

  private due(clock: Clock): number {
    return this.calendar.due(this.dispatched, this.budgets[clock] * this.calendar.unit(this.unit), this.unit, this.parent.pauses);
  }

  private levelAt(clock: Clock): number {
    const whole = this.calendar.elapsed(this.dispatched, this.due(clock), this.unit, this.parent.pauses);
    return this.calendar.due(this.dispatched, Math.floor((whole * shares[this.levels[clock]]) / 100), this.unit, this.parent.pauses);
  }

  /** The earliest mark that was not reached yet. */
  private next(): { clock: Clock; level: number; at: number } | undefined {
    if (!["summoned", "checked_in"].includes(this.state) || this.parent.pausedAt) return undefined;
    const clocks: Clock[] = this.state === "summoned" ? ["check_in", "clear"] : ["clear"];
    const found = clocks.filter((clock) => this.levels[clock] < shares.length).map((clock) => ({ clock, level: this.levels[clock] + 1, at: this.levelAt(clock) }));
    return found.sort((a, b) => a.at - b.at)[0]; // stable: of equal ones the first
  }

  /** Nothing that was reached may have been left unfired when something else happened. */
  missed(until: number, event?: LogEvent): void {
    const mark = this.next();
    if (mark && Math.max(mark.at, this.last, this.parent.resumedAt) < until - MINUTE)
      this.parent.differ(event, `task: ${mark.clock} ${mark.level} of ${iso(mark.at)} was not fired by ${iso(until)}`);
  }

  take(event: LogEvent): void {
    const { data, at } = event;
    const type = event.type.slice("task.".length);
    if (type === "reminded" || type === "escalated") this.fired(event, type);
    else {
      if (type !== "summoned") this.missed(at, event);
      this.state = data.to ?? this.state;
      if (type === "summoned") {
        this.unit = data.unit;
        this.budgets = { check_in: data.check_in_budget, clear: data.budget };
      }
      if (["summoned", "handed_over", "rerouted"].includes(type)) this.begin(event);
    }
    this.last = at;
  }

  /** Its limits begin, or begin anew with another team. */
  private begin(event: LogEvent): void {
    this.dispatched = Date.parse(event.data.dispatched);
    this.levels = { check_in: 0, clear: 0 };
    if (this.dispatched !== event.at) this.parent.differ(event, `task: dispatched ${event.data.dispatched}, not when it was`);
    for (const [key, clock] of [["check_in_due", "check_in"], ["due", "clear"]] as [string, Clock][])
      if (event.data[key] === undefined) this.parent.differ(event, `task: does not tell ${key}`);
      else if (Date.parse(event.data[key]) !== this.due(clock)) this.parent.differ(event, `task: ${key} ${event.data[key]}, reckoned ${iso(this.due(clock))}`);
  }

  private fired(event: LogEvent, type: string): void {
    const mark = this.next();
    const { clock, level, at, share } = event.data;
    this.marks++;
    if (!mark) return this.parent.differ(event, `task: a mark of ${clock} where no clock runs`);
    if (mark.clock !== clock || mark.level !== level || mark.at !== Date.parse(at))
      this.parent.differ(event, `task: ${clock} ${level} at ${at}, reckoned ${mark.clock} ${mark.level} at ${iso(mark.at)}`);
    const soonest = Math.max(Date.parse(at), this.last, this.parent.resumedAt);
    if (event.at < Date.parse(at) || event.at > soonest + MINUTE) this.parent.differ(event, `task: fired at ${iso(event.at)}, reached at ${iso(soonest)}`);
    if (share !== shares[level - 1] || (type === "reminded") !== (share < 100)) this.parent.differ(event, `task: ${type} with share ${share} for level ${level}`);
    this.levels[mark.clock] = level;
  }
}

function iso(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : String(at);
}
