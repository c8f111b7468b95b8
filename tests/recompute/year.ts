// SPDX-License-Identifier: MulanPSL-2.0
// Lets a district live through days, and gives what the second opinion says of it.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Place, binary, linli, root } from "../api/harness";
import { Calendar } from "./calendar";
import { type Reckoned, reckonClocks } from "./clocks";
import { type By, compareFigures, period, readFigures, reckonEntries, reckonFigures } from "./figures";
import { type LogEvent, idOf, readLog } from "./log";
import { compareDraws } from "./rechecks";

export const calendar = new Calendar(readFileSync(join(root, "data/calendar.txt"), "utf8"));

export interface Lived {
  status: number | null;
  text: string;
  digest?: string;
  workerRuns?: number;
}

function run(args: string[]): Promise<{ status: number | null; text: string }> {
  return new Promise((done) => {
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.stderr.on("data", (chunk) => (text += chunk));
    child.on("exit", (status) => done({ status, text }));
  });
}

/** processes 2: one turns the clock, both run the jobs. Only PostgreSQL takes two. */
export async function live(place: Place, args: string[], processes = 1): Promise<Lived> {
  const driver = run(["simulate", ...place.args, ...args, ...(processes === 2 ? ["--shared"] : [])]);
  let worker;
  if (processes === 2) {
    await new Promise((r) => setTimeout(r, 3000)); // the first makes keys and tables
    worker = run(["simulate", ...place.args, "--worker"]);
  }
  const { status, text } = await driver;
  const other = await worker;
  return {
    status: status || other?.status || 0,
    text: text + (other?.text ?? ""),
    digest: /^digest (\w+)$/m.exec(text)?.[1],
    workerRuns: other && Number(/^(\d+) runs/m.exec(other.text)?.[1]),
  };
}

export interface Opinion {
  events: LogEvent[];
  clocks: Reckoned;
  figures: string[]; // differences
  draws: { drawn: number; differences: string[] }; // of re-checks
}

/** until: the midnight at which the time that was lived ended. */
export async function secondOpinion(place: Place, until: number): Promise<Opinion> {
  const log = join(place.dir, "log.ndjson");
  const exported = linli(["export", "--what", "events", "--to", log, ...place.args]);
  if (exported.status !== 0) throw new Error(exported.stderr);
  const { events, seals, suite } = await readLog(log);
  const entries = reckonEntries(events, calendar);
  const figures: string[] = [];
  for (const [by, month] of [["all"], ["all", "month"], ["community", "month"], ["unit"], ["item"]] as [By, string?][]) {
    const printed = linli(["ledger", "--csv", ...(by === "all" ? [] : ["--by", by]), ...(month ? ["--per", month] : []), ...place.args]);
    if (printed.status !== 0) throw new Error(printed.stderr);
    const reckoned = reckonFigures(entries, by, !!month, period(printed.stdout));
    if (reckoned.size === 0) throw new Error(`no figures by ${by}`);
    figures.push(...compareFigures(reckoned, readFigures(printed.stdout, by, !!month)).map((one) => `${by}: ${one}`));
  }
  return { events, clocks: reckonClocks(events, calendar, until), figures, draws: compareDraws(events, seals, suite, idOf) };
}
