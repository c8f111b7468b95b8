// SPDX-License-Identifier: MulanPSL-2.0
// ./test --soak year: 365 days, some 5,000 requests, on SQLite and with two processes on PostgreSQL. LINLI_YEAR_DAYS
// sets how many.
import { describe, expect, it } from "vitest";
import { engines, freshPlace, linli } from "../api/harness";
import { live, secondOpinion } from "../recompute/year";

const days = process.env.LINLI_YEAR_DAYS ?? "365";
const wish = ["--days", days, "--seed", "1", "--until", "2026-11-01"];
const until = Date.parse("2026-11-01T00:00:00+08:00");
const digests = new Set<string | undefined>();

describe.each(engines)("a year on %s", (engine) => {
  it("agrees with the second opinion in every clock and every figure", { timeout: 3_600_000 }, async () => {
    const place = freshPlace(engine);
    const lived = await live(place, wish, engine === "postgresql" ? 2 : 1);
    console.log(lived.text);
    expect(lived.status, lived.text).toBe(0);
    const opinion = await secondOpinion(place, until);
    expect(opinion.clocks.differences.slice(0, 20)).toEqual([]);
    expect(opinion.figures.slice(0, 20)).toEqual([]);
    expect(opinion.draws.differences.slice(0, 20)).toEqual([]);
    console.log(`${engine}: ${opinion.clocks.requests} requests, ${opinion.clocks.tasks} tasks, ${opinion.clocks.marks} marks, ${opinion.events.length} events, no difference`);
    if (engine === "postgresql") expect(lived.workerRuns).toBeGreaterThan(0);
    const verified = linli(["verify", ...place.args]);
    console.log(`${engine}: verify: ${verified.stdout}${verified.stderr}`);
    expect(verified.status, verified.stderr).toBe(0);
    digests.add(lived.digest);
    place.remove();
  });
});

it("is the same year on every engine", () => {
  expect(digests.size).toBe(1);
});
