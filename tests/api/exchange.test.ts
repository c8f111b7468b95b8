// SPDX-License-Identifier: MulanPSL-2.0
// Real input: both shipped mappings, twice, searched and paged, given back, restarted, verified, tampered with, backed up.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, engines, freshPlace, linli, sql } from "./harness";
import { nycRows, writeCsv, writeTsv, zhRows } from "./tables";

describe.each(engines)("import and export on %s", (engine) => {
  const place = freshPlace(engine);
  const nyc = nycRows(700), zh = zhRows(300);
  const nycFile = join(place.dir, "nyc.csv"), zhFile = join(place.dir, "zh.tsv");
  let server: Server;
  let desk: Client;
  beforeAll(() => {
    writeFileSync(nycFile, "\ufeff" + writeCsv(nyc));
    writeFileSync(zhFile, writeTsv(zh));
  });
  afterAll(async () => {
    await server?.stop();
    place.remove();
  });

  const run = (mapping: string, file: string) => linli(["import", "--mapping", mapping, file, "--no-demo", ...place.args]);

  it("takes every row, and the second time none", () => {
    for (const [mapping, file, count] of [["nyc311", nycFile, nyc.length - 1], ["zh-replied", zhFile, zh.length - 1]] as const) {
      const first = run(mapping, file);
      expect(first.status, first.stderr + first.stdout).toBe(0);
      expect(first.stdout).toContain(`${count} rows read: ${count} new, 0 there already, 0 refused`);
      const second = run(mapping, file);
      expect(second.stdout).toContain(`${count} rows read: 0 new, ${count} there already, 0 refused`);
    }
  });

  it("reports each bad row by line and reason, and takes the others", () => {
    const rows = nycRows(6).map((row, i) => (i ? [`bad-${i}`, ...row.slice(1)] : row));
    rows[2] = rows[2].slice(0, 5);
    rows[4][1] = "yesterday";
    const file = join(place.dir, "bad.csv");
    writeFileSync(file, writeCsv(rows));
    const got = run("nyc311", file);
    expect(got.status).toBe(1);
    // Rows 1 and 4 hold a line break in a quoted field, so lines run ahead of rows.
    expect(got.stdout).toContain("line 4: refused");
    expect(got.stdout).toContain("line 6: refused: reported_at");
    expect(got.stdout).toContain("6 rows read: 4 new, 0 there already, 2 refused");
  });

  it("lists, pages and searches them, also after a restart", async () => {
    for (let round = 0; round < 2; round++) {
      server = await Server.start(place);
      desk = await server.become("district_leader");
      const ids = new Set<string>();
      let cursor = "";
      do {
        const page = await desk.get(`/api/v1/requests?source=import&limit=100${cursor && `&before=${cursor}`}`);
        expect(page.status, page.text).toBe(200);
        for (const row of page.json.items) ids.add(row.id);
        cursor = page.json.next ?? "";
      } while (cursor);
      expect(ids.size).toBe(nyc.length - 1 + (zh.length - 1) + 4);
      const found = await desk.get(`/api/v1/requests?q=${encodeURIComponent("路灯")}&source=import&limit=100`);
      const expected = zh.slice(1).filter((row) => (row[4] + row[5]).includes("路灯")).length;
      expect(found.json.items.length).toBe(Math.min(expected, 100));
      expect(await server.stop()).toBe(0);
    }
  });

  it("gives back what came, byte by byte, and knows it again", () => {
    const back = linli(["export", "--mapping", "zh-replied", ...place.args, "--no-demo"]);
    expect(back.status, back.stderr).toBe(0);
    expect(back.stdout).toBe(writeTsv(zh));
    const file = join(place.dir, "back.tsv"), nycBack = join(place.dir, "back.csv");
    expect(linli(["export", "--mapping", "zh-replied", "--to", file, ...place.args, "--no-demo"]).status).toBe(0);
    expect(run("zh-replied", file).stdout).toContain(`${zh.length - 1} rows read: 0 new, ${zh.length - 1} there already, 0 refused`);
    expect(linli(["export", "--mapping", "nyc311", "--to", nycBack, ...place.args, "--no-demo"]).status).toBe(0);
    expect(readFileSync(nycBack, "utf8").slice(0, writeCsv(nyc).length)).toBe(writeCsv(nyc));
    const all = linli(["export", ...place.args, "--no-demo"]);
    expect(all.stdout).toContain(zh[1][4]);
  });

  it("verifies, and restores elsewhere from a backup, search and all", async () => {
    const whole = linli(["verify", ...place.args, "--no-demo"]);
    expect(whole.status, whole.stderr).toBe(0);
    const file = join(place.dir, "backup.tar");
    expect(linli(["backup", "--to", file, ...place.args, "--no-demo"]).status).toBe(0);
    for (const other of engines) {
      const target = freshPlace(other);
      const restored = linli(["restore", "--from", file, ...target.args, "--no-demo"]);
      expect(restored.status, restored.stderr).toBe(0);
      expect(linli(["verify", ...target.args, "--no-demo"]).stdout).toContain("whole:");
      const back = linli(["export", "--mapping", "zh-replied", ...target.args, "--no-demo"]);
      expect(back.stdout).toBe(writeTsv(zh));
      expect(linli(["restore", "--from", file, ...target.args, "--no-demo"]).status).not.toBe(0);
      server = await Server.start(target);
      expect(await countOf("噪音", await server.become("district_leader"))).toBe(zh.filter((row) => row[4].includes("噪音")).length);
      expect(await server.stop()).toBe(0);
      target.remove();
    }
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(file, bytes);
    const target = freshPlace("sqlite");
    expect(linli(["restore", "--from", file, ...target.args, "--no-demo"]).status).not.toBe(0);
    target.remove();
  });

  it("names the row when one byte of one event was changed by hand", () => {
    const event = pickEvent();
    changeByte(event);
    const result = linli(["verify", ...place.args, "--no-demo"]);
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(event);
  });

  async function countOf(words: string, client: Client): Promise<number> {
    const found = await client.get(`/api/v1/requests?q=${encodeURIComponent(words)}&source=import&limit=100`);
    return found.json.items.length;
  }
  function database(text: string): string {
    if (place.pgUrl) return sql(place.pgUrl, text);
    return linliSqlite(join(place.dir, "data/linli.db"), text);
  }
  function pickEvent(): string {
    return database("select id from event where subject_kind = 'request' order by id limit 1 offset 500").trim();
  }
  function changeByte(id: string): void {
    database(`update event set data = replace(data, '{', '{ ') where id = ${id}`);
  }
});

import { spawnSync } from "node:child_process";
function linliSqlite(file: string, text: string): string {
  const run = spawnSync("sqlite3", [file, text], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}
