// SPDX-License-Identifier: MulanPSL-2.0
// The four clocks of a request, reckoned from its events and the calendar alone, and compared with what the events say.
// Rules: docs/decisions/0004-clocks.md and src/domain/request/README.md, "The clocks". Not a line of the server's.
import type { Calendar, Span, Unit } from "./calendar";
import { type LogEvent, idOf } from "./log";
import { Task } from "./tasks";

const MINUTE = 60_000;
const shares = [50, 80, 100, 150, 200]; // of the limit of C3, percent; up to 80 only a reminder
const finals = ["closed", "evaluated", "rejected", "confirmed"];
const paused = ["awaiting_reporter", "suspended"];
const running = ["reported", "filed", "unclaimed", "dispatched", "in_progress"]; // C3, and C2 with it
const DAY = 86_400_000;
const offer = { review: 7 * DAY, wall: 15 * DAY, deliver: 15 * DAY, thanks: 7 * DAY, left: DAY };

export interface Difference {
  request: string;
  event: string;
  what: string;
}
type Clock = "dispatch" | "response" | "verification" | "completion";
interface Mark {
  clock: Clock;
  level: number;
  at: number;
}

export class Case {
  readonly differences: Difference[] = [];
  marks = 0;
  state = "reported";
  due = 0;
  reported = 0;
  private unit: Unit = "day";
  private budget = 0;
  private extended = 0; // units that were granted beside
  private budgets: Record<string, number> = {};
  readonly pauses: Span[] = [];
  pausedAt = 0;
  resumedAt = 0;
  private sent = false;
  private signedAt = 0;
  private signer = "";
  private contactedAt = 0;
  private responded = false;
  private handledAt = 0;
  private closedAt = 0;
  private level = 0;
  private late = new Set<string>();
  private post = "0";
  private asked = 0; // units
  private last = 0; // when the event before was
  private imported = false;
  private kind = "";
  private from = 0; // since when its clocks run: the report, or when a wish became a case
  private until = 0; // when the offer, the claim or the wait for the wisher runs out
  private left = 0; // of the offer, when it was claimed

  constructor(
    readonly id: string,
    private readonly calendar: Calendar,
    private readonly holderOf: (post: string, at: number) => string | undefined,
  ) {}

  differ(event: LogEvent | undefined, what: string): void {
    this.differences.push({ request: this.id, event: event ? `${event.type} ${event.id}` : "end", what });
  }

  // --- limits ---------------------------------------------------------------------------------------------------------
  private limit(units: number, from = this.from): number {
    return this.calendar.due(from, units * this.calendar.unit(this.unit), this.unit, this.pauses);
  }
  private levelAt(level: number): number {
    const whole = this.calendar.elapsed(this.from, this.due, this.unit, this.pauses);
    return this.calendar.due(this.from, Math.floor((whole * shares[level - 1]) / 100), this.unit, this.pauses);
  }

  /** On its way over the wall: no case. */
  private isWish(): boolean {
    return ["in_review", "claimed", "fulfilled"].includes(this.state) || (this.state === "unclaimed" && this.kind === "wish");
  }

  /** The earliest mark that was not reached yet. */
  next(): Mark | undefined {
    if (this.pausedAt || finals.includes(this.state) || this.state === "merged" || this.imported) return undefined;
    const found: Mark[] = [];
    if (this.isWish()) {
      // not a case yet; but it has to be approved, or not, in time
      if (this.state !== "in_review" || this.late.has("dispatch")) return undefined;
      return { clock: "dispatch", level: 0, at: this.limit(this.budgets.dispatch) };
    }
    const runs = running.includes(this.state);
    if (runs && this.level < shares.length) found.push({ clock: "completion", level: this.level + 1, at: this.levelAt(this.level + 1) });
    if (!this.sent && !this.late.has("dispatch")) found.push({ clock: "dispatch", level: 0, at: this.limit(this.budgets.dispatch) });
    if (runs && !this.responded && !this.late.has("response")) found.push({ clock: "response", level: 0, at: this.limit(this.budgets.response) });
    if (this.state === "handled" && !this.late.has("verification"))
      found.push({ clock: "verification", level: 0, at: this.limit(this.budgets.verification, this.handledAt) });
    return found.reduce<Mark | undefined>((first, one) => (!first || one.at < first.at ? one : first), undefined);
  }

  // --- one event after the other ----------------------------------------------------------------------------------------
  take(event: LogEvent): void {
    const type = event.type.replace(/^request\./, "");
    if (type === "reported") this.begin(event);
    else if (type === "reminded" || type === "escalated") this.fired(event, type);
    else this.step(event, type);
    this.last = event.at;
  }

  private begin(event: LogEvent): void {
    const data = event.data;
    this.reported = this.from = event.at;
    this.kind = data.kind;
    this.takeItem(event);
    this.imported = data.source === "import";
    this.due = Date.parse(data.due);
    if (data.calendar !== this.calendar.version) this.differ(event, `calendar ${data.calendar}, not ${this.calendar.version}`);
    else if (!this.imported && this.limit(this.budget) !== this.due) this.differ(event, `due ${data.due}, reckoned ${iso(this.limit(this.budget))}`);
  }

  /** Units granted of another kind of time count no longer. */
  private takeItem({ data }: LogEvent): void {
    if (data.unit !== this.unit) this.extended = 0;
    this.unit = data.unit;
    this.budget = data.budget;
    this.budgets = { dispatch: data.dispatch_budget, response: data.response_budget, verification: data.verification_budget };
  }

  private fired(event: LogEvent, type: string): void {
    const mark = this.next();
    const { clock, level = 0, at } = event.data;
    this.marks++;
    if (!mark) return this.differ(event, `a mark of ${clock} where no clock runs`);
    if (mark.clock !== clock || mark.level !== level || mark.at !== Date.parse(at))
      this.differ(event, `${clock} ${level} at ${at}, reckoned ${mark.clock} ${mark.level} at ${iso(mark.at)}`);
    const soonest = Math.max(Date.parse(at), this.last);
    if (event.at < Date.parse(at) || event.at > soonest + MINUTE) this.differ(event, `fired at ${iso(event.at)}, reached at ${iso(soonest)}`);
    if ((type === "reminded") !== (clock === "completion" && shares[level - 1] < 100)) this.differ(event, `${type} for ${clock} ${level}`);
    if (clock === "completion" && event.data.share !== shares[level - 1]) this.differ(event, `share ${event.data.share} of level ${level}`);
    if (clock === "completion") this.level = level;
    else this.late.add(clock);
  }

  /** Nothing that was reached may have been left unfired when something else happened. */
  missed(until: number, event?: LogEvent): void {
    const mark = this.next();
    if (this.until && Math.max(this.until, this.last) < until - MINUTE) this.differ(event, `the offer ran out at ${iso(this.until)} and nothing was done by ${iso(until)}`);
    if (mark && Math.max(mark.at, this.last) < until - MINUTE) this.differ(event, `${mark.clock} ${mark.level} of ${iso(mark.at)} was not fired by ${iso(until)}`);
  }

  private step(event: LogEvent, type: string): void {
    const { data, at } = event;
    const before = this.state;
    const wasSent = this.sent;
    const wasHandled = this.handledAt;
    this.missed(at, event);
    const verification = before === "handled" ? this.limit(this.budgets.verification, this.handledAt) : 0;
    if (type === "reopened") this.pauses.push([this.handledAt || this.closedAt, at]);
    if (type === "appealed") this.pauses.push([this.closedAt, at]);
    this.state = data.to ?? this.state;
    this.offers(event, type);
    if (paused.includes(this.state) && !this.pausedAt) this.pausedAt = at;
    else if (this.pausedAt && !paused.includes(this.state)) {
      this.pauses.push([this.pausedAt, at]);
      this.pausedAt = 0;
      this.resumedAt = at;
    }
    this.people(event, type);
    if (type === "asked_extend") this.asked = data.units;
    if (type === "extended") this.extended += this.asked;
    if (type === "reclassified") this.takeItem(event);
    if (type === "finished") this.handledAt = at;
    if (["denied", "reworked"].includes(type)) this.handledAt = 0;
    if (finals.includes(this.state) && !finals.includes(before)) this.closedAt = at;
    if (["dispatched", "in_progress"].includes(this.state)) this.sent = true;
    const wasResponded = this.responded;
    if (this.signedAt && this.contactedAt) this.responded = true;

    // What the event says of the limits, against what they are.
    if (!this.imported) {
      if (!wasSent && this.sent) this.same(event, "dispatch_due", this.limit(this.budgets.dispatch));
      if (!wasResponded && this.responded) this.same(event, "response_due", this.limit(this.budgets.response));
      if (before === "handled" && this.state !== "handled") this.same(event, "verification_due", verification);
      const stands = (this.pausedAt || finals.includes(this.state) || this.isWish()) && type !== "reclassified";
      const due = stands ? this.due : this.limit(this.budget + this.extended);
      if (due !== this.due) this.same(event, "due", due);
      else if (data.due && Date.parse(data.due) !== due) this.differ(event, `due ${data.due}, reckoned ${iso(due)}`);
      this.due = due;
      if (!wasHandled && this.handledAt) this.same(event, "completion_due", this.due);
    }
  }

  /** What is offered, claimed, brought: until when each waits, and when the clocks of a case begin. */
  private offers(event: LogEvent, type: string): void {
    const { data, at } = event;
    const wish = this.kind === "wish";
    const bySystem = event.actor === "0";
    if (bySystem && (type === "converted" || type === "claim_expired" || type === "wish_lapsed")) {
      const soonest = Math.max(this.until, this.last);
      if (!this.until || at < this.until || at > soonest + MINUTE) this.differ(event, `done by the clock at ${iso(at)}, ran out at ${iso(this.until)}`);
    }
    let until = 0;
    if (type === "submitted" || type === "retracted") {
      if (type === "retracted") {
        this.from = at;
        this.late.clear();
        this.same(event, "clock_from", at);
      }
      this.due = this.limit(this.budgets.dispatch);
      this.same(event, "due", this.due);
      until = at + offer.review;
    } else if (type === "approved") {
      this.left = offer.wall;
      until = this.due = at + offer.wall;
    } else if (type === "offered") {
      until = this.limit(this.budgets.response);
    } else if (type === "claimed" && wish) {
      this.left = Math.max(this.until - at, offer.left);
      until = this.due = at + offer.deliver;
    } else if ((type === "released" && wish) || type === "claim_expired") {
      until = this.due = at + this.left;
    } else if (type === "delivered") {
      until = at + offer.thanks;
    } else if (type === "wish_denied") {
      until = this.due = at + offer.deliver;
    } else if (type === "claimed") {
      this.same(event, "team_due", this.calendar.due(at, this.budget * this.calendar.unit(this.unit), this.unit, []));
    } else if (type === "converted" && wish) {
      this.from = at;
      this.level = 0;
      this.late.clear();
      this.same(event, "clock_from", at);
    } else if (data.to === undefined || ["in_review", "unclaimed", "claimed", "fulfilled"].includes(this.state)) {
      return; // a step beside: what waits goes on
    }
    if (until) this.same(event, "until", until);
    this.until = until;
  }

  /** Who has it, who signed, who spoke to the reporter. */
  private people(event: LogEvent, type: string): void {
    const { data, at } = event;
    if (["dispatched", "transferred", "rerouted", "returned", "arbitrated", "reopened"].includes(type)) {
      this.post = idOf(data.post);
      this.signedAt = 0;
      this.signer = "";
      this.handledAt = 0;
    }
    if (["released", "converted"].includes(type) && this.state === "filed") {
      this.post = idOf(data.post);
      this.signedAt = 0;
      this.signer = "";
      this.handledAt = 0;
    }
    if (type === "claimed" && this.state === "in_progress") {
      this.post = idOf(data.post);
      this.signedAt = at;
      this.signer = event.actor;
      this.handledAt = 0;
    }
    if (type === "signed") {
      this.signedAt = at;
      this.signer = event.actor;
    }
    const handler = event.actor !== "0" && (event.actor === this.signer || event.actor === this.holderOf(this.post, at));
    if (["contacted", "asked_reporter"].includes(type) || (type === "commented" && handler && event.role !== "resident")) this.contactedAt ||= at;
  }

  private same(event: LogEvent, key: string, reckoned: number): void {
    if (event.data[key] === undefined) this.differ(event, `does not tell ${key}, reckoned ${iso(reckoned)}`);
    else if (Date.parse(event.data[key]) !== reckoned) this.differ(event, `${key} ${event.data[key]}, reckoned ${iso(reckoned)}`);
  }
}

function iso(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : String(at);
}

export interface Reckoned {
  requests: number;
  tasks: number;
  marks: number;
  differences: Difference[];
}

/** until: up to when the log is complete; what was reached more than a minute before has to be in it. */
export function reckonClocks(events: LogEvent[], calendar: Calendar, until: number): Reckoned {
  const cases = new Map<string, Case>();
  const tasks = new Map<string, Task>();
  const ofCase = new Map<string, Task[]>();
  const holders = new Map<string, { at: number; person: string }[]>();
  const holderOf = (post: string, at: number) => holders.get(post)?.findLast((term) => term.at <= at)?.person;
  for (const event of events) {
    if (event.type === "post.term_begun" || event.type === "post.term_ended") {
      const person = event.type === "post.term_begun" ? idOf(event.data.person_id) : "";
      holders.set(event.subject, [...(holders.get(event.subject) ?? []), { at: event.at, person }]);
    }
    if (event.kind === "request_task") {
      const parent = cases.get(idOf(event.data.request));
      if (event.type === "task.summoned" && parent) {
        const task = new Task(calendar, parent);
        tasks.set(event.subject, task);
        ofCase.set(parent.id, [...(ofCase.get(parent.id) ?? []), task]);
      }
      tasks.get(event.subject)?.take(event);
    }
    if (event.kind !== "request" || !event.type.startsWith("request.")) continue;
    if (event.type === "request.reported") cases.set(event.subject, new Case(event.subject, calendar, holderOf));
    ofCase.get(event.subject)?.forEach((task) => task.missed(event.at, event));
    cases.get(event.subject)?.take(event);
  }
  const all = [...cases.values()];
  for (const one of all) one.missed(until);
  for (const task of tasks.values()) task.missed(until);
  const marks = [...all, ...tasks.values()].reduce((sum, one) => sum + one.marks, 0);
  return { requests: all.length, tasks: tasks.size, marks, differences: all.flatMap((one) => one.differences) };
}
