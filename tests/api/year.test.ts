// SPDX-License-Identifier: MulanPSL-2.0
// Some days of the simulated year, around the holidays of autumn: what the log says of clocks and figures is what a
// second program reckons; both databases, and two processes, tell the same. The whole year: ./test --soak year.
import { afterAll, describe, expect, it } from "vitest";
import { type LogEvent, readLog } from "../recompute/log";
import { calendar, live, secondOpinion } from "../recompute/year";
import { reckonClocks } from "../recompute/clocks";
import { type Place, engines, freshPlace, linli } from "./harness";
import { join } from "node:path";

const wish = ["--days", "13", "--per-day", "9", "--seed", "7", "--until", "2026-10-11"];
const until = Date.parse("2026-10-11T00:00:00+08:00");
const digests: Record<string, string | undefined> = {};
const places: Place[] = [];
afterAll(() => places.forEach((place) => place.remove()));

describe.each(engines)("a simulated autumn on %s", (engine) => {
  it("leaves no request without an owner and no mark unfired, and agrees with the second opinion", async () => {
    const place = freshPlace(engine);
    places.push(place);
    const lived = await live(place, wish, engine === "postgresql" ? 2 : 1);
    expect(lived.status, lived.text).toBe(0);
    digests[engine] = lived.digest;
    const opinion = await secondOpinion(place, until);
    expect(opinion.clocks.differences).toEqual([]);
    expect(opinion.figures).toEqual([]);
    expect(opinion.draws.differences).toEqual([]);
    expect(opinion.clocks.requests).toBeGreaterThan(80);
    expect(opinion.clocks.marks).toBeGreaterThan(40);
    expect(lived.text).toMatch(/requests without an owner: 0/);
    expect(linli(["verify", "--export", join(place.dir, "log.ndjson")]).status).toBe(0);
  });
});

describe("the second opinion", () => {
  it("is the same digest on every engine, with one process or two", () => {
    expect(Object.keys(digests).length).toBe(engines.length);
    expect(new Set(Object.values(digests)).size).toBe(1);
    expect(digests[engines[0]]).toMatch(/^[0-9a-f]{64}$/);
  });

  it("notices a mark that is missing, one of another minute, and a limit that is not what the calendar gives", async () => {
    const read = async () => (await readLog(join(places[0].dir, "log.ndjson"))).events;
    const differences = (events: LogEvent[]) => reckonClocks(events, calendar, until).differences.length;
    const isMark = (event: LogEvent) => event.type === "request.reminded" || event.type === "request.escalated";
    const whole = await read();
    expect(differences(whole)).toBe(0);
    const mark = whole.findIndex(isMark);
    expect(differences(whole.filter((_, index) => index !== mark))).toBeGreaterThan(0);
    const late = await read();
    late[mark].at += 2 * 60_000;
    expect(differences(late)).toBeGreaterThan(0);
    const reported = await read();
    const first = reported.find((event) => event.type === "request.reported")!;
    first.data.due = new Date(Date.parse(first.data.due) + 60_000).toISOString();
    expect(differences(reported)).toBeGreaterThan(0);
    // The same of the limits of tasks, and of what is offered.
    for (const [type, key] of [["task.summoned", "check_in_due"], ["task.summoned", "due"], ["request.claimed", "team_due"], ["request.offered", "until"], ["request.approved", "until"]]) {
      const events = await read();
      const told = events.find((event) => event.type === type && event.data[key]);
      expect(told, `${type} ${key}`).toBeDefined();
      told!.data[key] = new Date(Date.parse(told!.data[key]) + 60_000).toISOString();
      expect(differences(events), `${type} ${key}`).toBeGreaterThan(0);
    }
    const taskMark = whole.findIndex((event) => event.type === "task.reminded");
    expect(taskMark).toBeGreaterThan(0);
    expect(differences(whole.filter((_, index) => index !== taskMark))).toBeGreaterThan(0);
  });

  it("refuses to live in a store that is lived in already, and wishes it cannot read", () => {
    const again = linli(["simulate", ...places[0].args, "--days", "1"]);
    expect(again.status).toBe(2);
    expect(again.stderr).toMatch(/there is a demo already/);
    expect(linli(["simulate", ...freshArgs(), "--days", "0"]).status).toBe(2);
    expect(linli(["simulate", ...freshArgs(), "--until", "2999-01-01"]).status).toBe(2);
    expect(linli(["simulate", ...freshArgs(), "--no-demo"]).status).toBe(2);
  });
});

function freshArgs(): string[] {
  const place = freshPlace("sqlite");
  places.push(place);
  return place.args;
}
