// SPDX-License-Identifier: MulanPSL-2.0
// The ledger: what the API answers from its days is what linli ledger --csv reads from the log alone, in the store and in
// an export; to everybody nothing of fewer than five; nobody sees beyond the own subtree.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { join } from "node:path";
import { type Client, Server, demoPlace, engines, linli } from "./harness";

const door = "DEM0DEM0DEM0DEM0";
const today = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
const daysAgo = (n: number) => new Date(Date.now() + 8 * 3600e3 - n * 86400e3).toISOString().slice(0, 10);

describe.each(engines)("the ledger on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server, leader: Client, resident: Client;
  let seed = 20261124;
  const pick = (n: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % n;
  };
  beforeAll(async () => {
    server = await Server.start(place);
    leader = await server.become("district_leader");
    resident = await server.resident("19900007001");
    await live(24);
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    place.remove();
  });

  // Requests that come to anything: whoever has it, the desk and the resident take what steps are open to them.
  async function live(count: number) {
    const people = [resident, ...(await Promise.all(["steward", "grid_worker", "community_worker", "subdistrict_staff"].map((k) => server.become(k))))];
    const items = (await resident.get("/api/v1/items")).json.items.filter((i: any) => i.kind === "repair" || i.kind === "errand");
    for (let i = 0; i < count; i++) {
      const filed = await resident.post("/api/v1/requests", { item: items[pick(items.length)].id, door, words: `第 ${i} 件` });
      expect(filed.status, filed.text).toBe(201);
      for (let step = 0; step < 12; step++) {
        const who = people[pick(people.length)];
        const seen = await who.get(`/api/v1/requests/${filed.json.id}`);
        const open = seen.json?.actions?.filter((a: any) => !["comment", "urge", "supervise"].includes(a.action)) ?? [];
        if (!open.length) continue;
        const { action } = open[pick(open.length)];
        await who.act(seen.json, action, {
          note: "试试", ...(action === "finish" ? { without_photo: "天黑" } : {}), ...(action === "rate" ? { rating: 1 + pick(5) } : {}),
          ...(action === "ask_extend" ? { units: 1 + pick(3) } : {}), ...(action === "ask_exclude" ? { reason: "not_here" } : {}),
        });
      }
    }
  }

  // The demo may be alive: asked again until nothing happened in between.
  async function both(query: Record<string, string>, source: string[]): Promise<[string, string]> {
    const path = `/api/v1/ledger/figures.csv?${new URLSearchParams(query)}`;
    const options = Object.entries(query).flatMap(([name, value]) => [`--${name}`, value]);
    for (let i = 0; i < 10; i++) {
      const first = await leader.get(path);
      expect(first.status, first.text).toBe(200);
      const run = linli(["ledger", "--csv", ...options, ...source]);
      expect(run.status, run.stderr).toBe(0);
      if ((await leader.get(path)).text === first.text) return [first.text, run.stdout];
    }
    throw new Error("it never stood still");
  }

  it.each(["all", "item", "unit", "grid", "community", "subdistrict"])("says by %s what the log says", async (by) => {
    const district = (await leader.get("/api/v1/ledger/figures")).json.place.id;
    const [api, log] = await both({ by, place: district, from: daysAgo(60), to: today }, place.args);
    expect(api).toBe(log);
    expect(api.split("\r\n").length).toBeGreaterThan(15);
    expect(api).toMatch(/,response,响应率,\d+,[1-9]\d*,/);
  });

  it.each(["day", "week", "month"])("says per %s what the log says", async (per) => {
    const district = (await leader.get("/api/v1/ledger/figures")).json.place.id;
    const [api, log] = await both({ by: "all", per, place: district, from: daysAgo(45), to: daysAgo(-10) }, place.args);
    expect(api).toBe(log);
  });

  it("says the same from an exported log, without store and keys", async () => {
    const file = join(place.dir, "log.ndjson");
    const district = (await leader.get("/api/v1/ledger/figures")).json.place.id;
    for (let i = 0; i < 5; i++) {
      expect(linli(["export", "--what", "events", "--to", file, ...place.args]).status).toBe(0);
      const [api, log] = await both({ by: "community", place: district, from: daysAgo(60), to: today }, ["--export", file]);
      if (api === log || i === 4) expect(api).toBe(log);
      if (api === log) break;
    }
    expect(linli(["ledger", "--csv", "--export", join(place.dir, "nothing")]).status).toBe(2);
  });

  it("gives the same again after the days were reckoned anew", async () => {
    const path = `/api/v1/ledger/figures?by=item&from=${daysAgo(60)}`;
    const strip = (answer: any) => JSON.stringify({ ...answer.json, as_of: 0 });
    const before = strip(await leader.get(path));
    const run = linli(["ledger", "--rebuild", ...place.args]);
    expect(run.status, run.stderr).toBe(0);
    expect(strip(await leader.get(path))).toBe(before);
  });

  it("defines every figure that it gives, in two languages", async () => {
    const definitions = (await server.client().get("/api/v1/ledger/definitions")).json.items;
    const given = (await leader.get("/api/v1/ledger/figures")).json.items[0].figures;
    expect(definitions.map((d: any) => d.code)).toEqual(given.map((f: any) => f.code));
    for (const d of definitions) for (const text of [d.zh, d.en, d.period_zh, d.period_en, d.definition_zh, d.definition_en]) expect(text).not.toBe("");
  });

  it("tells everybody nothing of fewer than five, nor what would give it away", async () => {
    const answer = await server.client().get("/api/v1/ledger?by=community");
    expect(answer.status).toBe(200);
    const hiddenPer = new Map<string, number>();
    for (const member of answer.json.items)
      for (const f of member.figures) {
        if (f.hidden) {
          hiddenPer.set(f.code, (hiddenPer.get(f.code) ?? 0) + 1);
          expect([f.raw_numerator, f.raw_denominator, f.raw_percent, f.net_numerator, f.net_percent, f.before]).toEqual(Array(6).fill(null));
          continue;
        }
        const base = f.raw_denominator ?? f.raw_numerator;
        if (base !== null) expect(base === 0 || base >= 5, `${member.member} ${f.code} ${base}`).toBe(true);
      }
    // One alone is hidden only where no other has any: then the whole is as few, and hidden too.
    for (const [code, n] of hiddenPer) {
      const shown = answer.json.items.flatMap((m: any) => m.figures).filter((f: any) => f.code === code && !f.hidden);
      if (n === 1) for (const f of shown) expect(f.raw_denominator ?? f.raw_numerator, code).not.toBeGreaterThan(0);
    }
    for (const query of ["by=unit", "by=nonsense", "month=2026-13", "month=x"]) expect((await server.client().get(`/api/v1/ledger?${query}`)).status).toBe(400);
  });

  it("shows staff their own subtree and no other", async () => {
    const worker = await server.become("community_worker");
    const own = await worker.get("/api/v1/ledger/figures");
    expect(own.json.place.level).toBe("community");
    const district = (await leader.get("/api/v1/ledger/figures")).json.place.id;
    for (const path of ["figures", "figures.csv", "returns", "returns.csv"])
      expect((await worker.get(`/api/v1/ledger/${path}?place=${district}`)).status, path).toBe(404);
    for (const query of ["from=2026-02-30", "from=2026-03-02&to=2026-03-01", "from=1990-01-01", "by=item&per=day", "by=district", "per=hour"])
      expect((await leader.get(`/api/v1/ledger/figures?${query}`)).status, query).toBe(400);
    const returns = await worker.get("/api/v1/ledger/returns?type=returned");
    expect(returns.status).toBe(200);
    for (const one of returns.json.items) expect(one.type).toBe("returned");
    expect((await worker.get("/api/v1/ledger/returns?type=x")).status).toBe(400);
  });

  it("records who took an export", async () => {
    const auditor = await server.become("auditor");
    await leader.get("/api/v1/ledger/figures.csv");
    const events = (await auditor.get("/api/v1/events?type=export.made")).json.items;
    expect(events.some((e: any) => JSON.stringify(e).includes("ledger.csv"))).toBe(true);
  });
});
