// SPDX-License-Identifier: MulanPSL-2.0
// The commands that only read: what they may change, what they must notice, what they must not overwrite.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Place, Server, engines, freshPlace, linli, sql } from "./harness";
import { writeTsv, zhRows } from "./tables";

function database(place: Place, text: string): string {
  if (place.pgUrl) return sql(place.pgUrl, text);
  const run = spawnSync("sqlite3", [join(place.dir, "data/linli.db"), text], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

describe.each(engines)("commands that read on %s", (engine) => {
  it("leave an empty store as empty as it was", async () => {
    const place = freshPlace(engine);
    const server = await Server.start(place, ["--empty"]);
    expect(await server.stop()).toBe(0);
    const state = () => ["place", "event", "service_item", "tenant", "event_seal"].map((table) => database(place, `select count(*) from ${table}`)).join() + database(place, "select node, lease_until_ms from node_lease order by node");
    const before = state();
    for (const args of [["verify"], ["backup", "--to", join(place.dir, "empty.tar")], ["export", "--what", "events", "--to", join(place.dir, "log")]]) {
      const run = linli([...args, ...place.args]);
      expect(run.status, run.stderr).toBe(0);
      expect(state(), args[0]).toBe(before);
    }
    const other = linli(["verify", ...place.args, "--district", "110101"]);
    expect(other.status).toBe(2);
    expect(other.stderr).toContain("110101");
    expect(state()).toBe(before);
    expect(linli(["export", ...place.args]).status).toBe(0); // tells that it was made
    expect(database(place, "select count(*) from place").trim()).toBe("0");
    place.remove();
  });

  it("name a request whose events were all taken away, with every trace of them", () => {
    const place = freshPlace(engine);
    const file = join(place.dir, "rows.tsv");
    writeFileSync(file, writeTsv(zhRows(5)));
    expect(linli(["import", "--mapping", "zh-replied", file, "--no-demo", ...place.args]).status).toBe(0);
    const whole = linli(["verify", ...place.args]);
    expect(whole.status, whole.stderr).toBe(0);
    for (const table of ["event", "event_head", "event_seal", "event_seal_head"]) database(place, `delete from ${table}`);
    const result = linli(["verify", ...place.args]);
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(`request ${database(place, "select min(id) from request").trim()}`);
    place.remove();
  });

  it("write a backup beside what is there, never over it", async () => {
    const place = freshPlace(engine);
    expect(await (await Server.start(place, ["--empty"])).stop()).toBe(0);
    const file = join(place.dir, "backup.tar");
    writeFileSync(file, "the only one");
    const refused = linli(["backup", "--to", file, ...place.args]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("is there already");
    expect(readFileSync(file, "utf8")).toBe("the only one");
    expect(existsSync(`${file}.part`)).toBe(false);
    const nowhere = linli(["backup", "--to", join(place.dir, "no/such/folder.tar"), ...place.args]);
    expect(nowhere.status).toBe(1);
    expect(nowhere.stderr).toContain("cannot be written");
    place.remove();
  });
});
