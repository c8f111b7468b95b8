// SPDX-License-Identifier: MulanPSL-2.0
// Reads what `linli export --what events` wrote. Numbers of the log are text there, since ids are larger than a number
// of JavaScript holds exactly.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

export interface LogEvent {
  id: bigint;
  at: number;
  actor: string; // id as decimal text; "0": nobody
  role: string;
  kind: string;
  subject: string; // id as decimal text
  type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
}

export interface Seal {
  minute: number; // since 1970
  lastId: bigint;
  hash: string;
}
export interface Log {
  suite: string; // "std", or "sm" for the national algorithms
  events: LogEvent[];
  seals: Seal[];
}

export async function readLog(path: string): Promise<Log> {
  const events: LogEvent[] = [];
  const seals: Seal[] = [];
  let suite = "";
  for await (const line of createInterface({ input: createReadStream(path, "utf8") })) {
    const { log, seal, event: row } = JSON.parse(line);
    if (log) suite = log.suite;
    if (seal) seals.push({ minute: Number(seal.id), lastId: BigInt(seal.last_id), hash: seal.hash });
    if (!row) continue;
    events.push({
      id: BigInt(row.id),
      at: Number(row.at_ms),
      actor: row.actor_id,
      role: row.actor_role,
      kind: row.subject_kind,
      subject: row.subject_id,
      type: row.type,
      data: JSON.parse(row.data || "{}"),
    });
  }
  return { suite, events, seals };
}

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** An id as the data of events writes it (13 characters and a check) as decimal text. */
export function idOf(text: string | undefined): string {
  if (!text) return "0";
  let id = 0n;
  for (const letter of text.slice(0, 13)) id = id * 32n + BigInt(alphabet.indexOf(letter));
  return id.toString();
}
