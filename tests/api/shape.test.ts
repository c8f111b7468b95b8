// SPDX-License-Identifier: MulanPSL-2.0
// Boundaries of places, targets of figures, re-checks: who may set them, what is refused and why, what everybody sees.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type Client, type Place, Server, demoPlace, engines, sql } from "./harness";

const door = "DEM0DEM0DEM0DEM0";
const keys = ["system_admin", "security_admin", "auditor", "district_leader", "subdistrict_staff", "community_worker", "grid_worker", "grid_worker_other", "steward", "unit_property"];

type Point = number[];
const six = (n: number) => Number(n.toFixed(6)); // as they are kept
const square = (x: number, y: number, side = 0.01): Point[] => [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]].map(([i, j]) => [six(x + i * side), six(y + j * side)]);
const polygon = (...rings: unknown[]) => ({ type: "Polygon", coordinates: rings });
const put = (who: Client, path: string, body: unknown) =>
  who.send("PUT", path, { body: typeof body === "string" ? body : JSON.stringify(body), headers: { "content-type": "application/json" } });
const remove = (who: Client, path: string) => who.send("DELETE", path);
const refused = (answer: Answer) => [answer.status, answer.json?.key];

// A ring of so many points, the closing one among them.
function circle(points: number): Point[] {
  const round = Array.from({ length: points - 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / (points - 1);
    return [six(106.9 + 0.1 * Math.cos(angle)), six(27.7 + 0.1 * Math.sin(angle))];
  });
  return [...round, round[0]];
}

function database(place: Place, text: string): string {
  if (place.pgUrl) return sql(place.pgUrl, text);
  const run = spawnSync("sqlite3", ["-cmd", ".timeout 5000", join(place.dir, "data/linli.db"), text], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

describe.each(engines)("on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server, org: { id: string }, unknown: string;
  const as: Record<string, Client> = {};
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  let line: Record<string, any>; // level → the place of the demo's door, of that level
  beforeAll(async () => {
    server = await Server.start(place);
    for (const key of keys) as[key] = await server.become(key);
    as.resident = await server.resident("19900007011");
    org = (await as.system_admin.get("/api/v1/orgs")).json.items[0];
    unknown = org.id; // of no place, and of no re-check
    line = {};
    const district = (await as.district_leader.get("/api/v1/ledger/figures")).json.place;
    line.district = district;
    const community = (await as.community_worker.get("/api/v1/ledger/figures")).json.place.id;
    line.community = (await as.system_admin.get("/api/v1/places?level=community&limit=100")).json.items.find((p: { id: string }) => p.id === community);
    line.grid = (await as.grid_worker.get(`/api/v1/places?parent=${line.community.id}`)).json.items.find((p: { level: string }) => p.level === "grid");
    line.building = (await as.system_admin.get("/api/v1/places?level=building&limit=1")).json.items[0];
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    place.remove();
  });

  const events = async (type: string) => (await as.auditor.get(`/api/v1/events?type=${type}&limit=100`)).json.items;
  // Those of the type that came after, newest first.
  async function since(type: string) {
    const newest = (await events(type))[0]?.id;
    return async () => {
      const now = await events(type);
      const at = now.findIndex((e: { id: string }) => e.id === newest);
      return at < 0 ? now : now.slice(0, at);
    };
  }
  const shapes = (who: Client, query: string) => who.get(`/api/v1/places/shapes?${query}`);
  const shapeOf = async (who: Client, level: string, id: string) => (await shapes(who, `level=${level}`)).json.features.find((f: { id: string }) => f.id === id);

  describe("boundaries", () => {
    const path = () => `/api/v1/places/${line.community.id}/shape`;

    it("are taken, told to everybody in one form, and are in the log once", async () => {
      const later = await since("place.shape_set");
      const hole = square(106.002, 27.002, 0.004);
      const set = await put(as.system_admin, path(), polygon(square(106, 27).map(([x, y]) => [x, y, 812.5]), hole));
      expect([set.status, set.json]).toEqual([200, { count: 1 }]);
      expect((await put(as.system_admin, path(), polygon(square(106, 27), hole))).status).toBe(200); // the same: no event
      const told = await later();
      expect(told.length).toBe(1);
      expect(JSON.stringify(told[0])).toMatch(/points.{1,5}10/);
      expect(JSON.stringify(told[0])).toMatch(/geometry_hash.{1,8}[0-9a-f]{64}/);
      for (const who of [server.client(), as.resident, as.district_leader]) {
        const one = await shapeOf(who, "community", line.community.id);
        expect(one.geometry).toEqual({ type: "Polygon", coordinates: [square(106, 27), hole] });
        expect(Object.keys(one.properties).sort()).toEqual(["name", "parent"]);
      }
      const all = await shapes(server.client(), "");
      expect(all.json.type).toBe("FeatureCollection");
      expect(all.headers.get("cache-control")).toMatch(/public/);
    });

    it("of several parts, and of the most points that there may be", async () => {
      const parts = { type: "MultiPolygon", coordinates: [[square(106, 27)], [square(106.5, 27.5)]] };
      expect((await put(as.system_admin, path(), parts)).status).toBe(200);
      expect((await shapeOf(server.client(), "community", line.community.id)).geometry.type).toBe("MultiPolygon");
      expect((await put(as.system_admin, path(), polygon(circle(4000)))).status).toBe(200);
      expect((await shapeOf(server.client(), "community", line.community.id)).geometry.coordinates[0].length).toBe(4000);
      expect((await put(as.system_admin, path(), polygon(...Array.from({ length: 64 }, (_, i) => square(100 + i / 10, 27))))).status).toBe(200);
    });

    it.each<[string, () => unknown, number, string, number?]>([
      ["an open ring", () => polygon(square(1, 1).slice(0, 4)), 400, "place.shape_open_ring", 1],
      ["an open hole", () => polygon(square(1, 1), square(1.001, 1.001, 0.001).slice(0, 4)), 400, "place.shape_open_ring", 2],
      ["three points", () => polygon(square(1, 1).slice(0, 3)), 400, "place.shape_short_ring", 1],
      ["no ring", () => polygon(), 400, "place.shape_short_ring", 1],
      ["no part", () => ({ type: "MultiPolygon", coordinates: [] }), 400, "place.shape_short_ring", 1],
      ["4,001 points", () => polygon(circle(4001)), 400, "place.shape_too_many_points", 1],
      ["4,001 points in two rings", () => polygon(circle(3996), square(106.9, 27.7)), 400, "place.shape_too_many_points", 2],
      ["65 rings", () => polygon(...Array.from({ length: 65 }, (_, i) => square(i, 1))), 400, "place.shape_too_many_rings"],
      ["a line", () => polygon([[1, 1], [2, 2], [3, 3], [1, 1]]), 400, "place.shape_flat_ring", 1],
      ["one point four times", () => polygon(Array(4).fill([1, 1])), 400, "place.shape_flat_ring", 1],
      ["a longitude of 181", () => polygon(square(180.995, 1)), 400, "place.shape_bad_point", 1],
      ["a latitude of 91", () => polygon(square(1, 90.995)), 400, "place.shape_bad_point", 1],
      ["numbers as text", () => polygon(square(1, 1).map(([x, y]) => [`${x}`, y])), 400, "place.shape_bad_point", 1],
      ["one number a point", () => polygon(square(1, 1).map(([x]) => [x])), 400, "place.shape_bad_point", 1],
      ["four numbers a point", () => polygon(square(1, 1).map((p) => [...p, 1, 1])), 400, "place.shape_bad_point", 1],
      ["a ring in place of the rings", () => ({ type: "Polygon", coordinates: square(1, 1) }), 400, "place.shape_short_ring", 1],
      ["the nesting of the other type", () => ({ type: "Polygon", coordinates: [[square(1, 1)]] }), 400, "place.shape_short_ring", 1],
      ["the other way round", () => ({ type: "MultiPolygon", coordinates: [square(1, 1)] }), 400, "place.shape_short_ring", 1],
      ["a point", () => ({ type: "Point", coordinates: [1, 1] }), 400, "place.shape_wrong_type"],
      ["no coordinates", () => ({ type: "Polygon" }), 400, "place.shape_short_ring", 1],
      ["a list", () => [], 400, "place.shape_wrong_type"],
      ["what is not JSON", () => '{"type":"Polygon",', 400, "json.malformed"],
      ["a number without end", () => '{"type":"Polygon","coordinates":[[[1e999,1],[2,1],[2,2],[1e999,1]]]}', 400, "json.malformed"],
      ["more than a megabyte", () => polygon(square(1, 1)) && " ".repeat(1 << 20) + "{}", 413, "http.too_large"],
    ])("refused: %s", async (_name, body, status, key, ring) => {
      const answer = await put(as.system_admin, path(), body());
      expect(refused(answer), answer.text).toEqual([status, key]);
      expect(answer.json.title).not.toBe(key);
      if (ring && /short_ring|bad_point|open_ring|flat_ring/.test(key)) expect(answer.json.title).toContain(`Ring ${ring} `);
    });

    it("leave what stood when they are refused, and of many take all or none", async () => {
      const whole = polygon(square(106.2, 27.2));
      const all = "/api/v1/places/shapes";
      const feature = (geometry: unknown, more: object) => ({ type: "Feature", geometry, properties: {}, ...more });
      const collection = (...features: unknown[]) => ({ type: "FeatureCollection", features });
      expect((await put(as.system_admin, path(), whole)).status).toBe(200);
      const later = await since("place.shape_set");
      const bad = await put(as.system_admin, all, collection(feature(polygon(square(1, 1)), { id: line.community.id }), feature(polygon(square(1, 1).slice(1)), { id: line.grid.id })));
      expect([...refused(bad), bad.json.field]).toEqual([400, "place.shape_open_ring", "features.1"]);
      expect((await shapeOf(server.client(), "community", line.community.id)).geometry).toEqual(whole);
      expect(await later()).toEqual([]);

      const good = await put(as.system_admin, all, collection(feature(polygon(square(3, 3)), { properties: { level: "community", code: line.community.code } }), feature(polygon(square(4, 4)), { id: line.grid.id })));
      expect([good.status, good.json]).toEqual([200, { count: 2 }]);
      expect((await shapeOf(server.client(), "community", line.community.id)).geometry).toEqual(polygon(square(3, 3)));
      for (const [features, key, field] of [
        [[feature(whole, { id: unknown })], "place.unknown", "features.0"],
        [[feature(whole, {})], "place.shape_whose", "features.0"],
        [[feature(whole, { properties: { level: "community", code: "999999999999" } })], "place.unknown", "features.0"],
        [[feature(whole, { properties: { level: "planet", code: "1" } })], "place.shape_whose", "features.0"],
        [[feature(whole, { id: line.building.id })], "place.shape_too_deep", "features.0"],
        [[feature(null, { id: line.grid.id })], "place.shape_wrong_type", "features.0"],
        [[7], "place.shape_whose", "features.0"],
      ] as [unknown[], string, string][]) {
        const answer = await put(as.system_admin, all, collection(...features));
        expect([...refused(answer), answer.json.field], key).toEqual([400, key, field]);
      }
      for (const body of [collection(), { type: "Feature", features: [1] }, { type: "FeatureCollection", features: {} }, [], {}])
        expect(refused(await put(as.system_admin, all, body))).toEqual([400, "place.shape_no_collection"]);
      expect(refused(await put(as.system_admin, all, collection(...Array(2001).fill({}))))).toEqual([413, "place.shape_too_many"]);
    });

    it("are of a district, sub-district, community or grid that there is", async () => {
      const geometry = polygon(square(2, 2));
      expect(refused(await put(as.system_admin, `/api/v1/places/${line.building.id}/shape`, geometry))).toEqual([400, "place.shape_too_deep"]);
      expect(refused(await put(as.system_admin, `/api/v1/places/${unknown}/shape`, geometry))).toEqual([404, "place.unknown"]);
      expect((await put(as.system_admin, `/api/v1/places/nonsense/shape`, geometry)).status).toBe(404);
    });

    it("are set and taken away by the system administrator alone", async () => {
      expect((await put(as.system_admin, path(), polygon(square(5, 5)))).status).toBe(200);
      for (const key of [...keys, "resident"].filter((k) => k !== "system_admin")) {
        expect((await put(as[key], path(), polygon(square(6, 6)))).status, key).toBe(403);
        expect((await put(as[key], "/api/v1/places/shapes", {})).status, key).toBe(403);
        expect((await remove(as[key], path())).status, key).toBe(403);
      }
      for (const answer of [await put(server.client(), path(), polygon(square(6, 6))), await remove(server.client(), path())]) expect(answer.status).toBe(401);
      expect((await shapeOf(server.client(), "community", line.community.id)).geometry.coordinates[0][0]).toEqual([5, 5]);
    });

    it("of grids are for staff; below and above there are none to be read", async () => {
      expect((await put(as.system_admin, `/api/v1/places/${line.grid.id}/shape`, polygon(square(7, 7)))).status).toBe(200);
      for (const who of [server.client(), as.resident]) expect(refused(await shapes(who, "level=grid"))).toEqual([403, "place.shape_staff"]);
      const seen = await shapes(as.grid_worker, `level=grid&parent=${line.community.id}`);
      expect(seen.json.features.map((f: { id: string }) => f.id)).toContain(line.grid.id);
      for (const f of seen.json.features) expect(f.properties.parent).toBe(line.community.id);
      expect(seen.headers.get("cache-control")).toMatch(/private/);
      for (const level of ["building", "district", "x"]) expect((await shapes(as.grid_worker, `level=${level}`)).status, level).toBe(400);
      for (const query of ["limit=0", "limit=1001", "parent=x", "before=x"]) expect((await shapes(server.client(), query)).status, query).toBe(400);
      expect((await shapes(server.client(), `parent=${unknown}`)).status).toBe(404);
    });

    it("come page by page, each once", async () => {
      const other = (await as.system_admin.get("/api/v1/places?level=community&limit=100")).json.items.filter((p: { id: string }) => p.id !== line.community.id).slice(0, 2);
      for (const one of [line.community, ...other]) expect((await put(as.system_admin, `/api/v1/places/${one.id}/shape`, polygon(square(8, 8)))).status).toBe(200);
      const whole = (await shapes(server.client(), "")).json.features.map((f: { id: string }) => f.id);
      expect(whole.length).toBeGreaterThanOrEqual(3);
      const paged: string[] = [];
      for (let next: string | null = "", i = 0; next !== null && i < 200; i++) {
        const page: Answer = await shapes(server.client(), `limit=2${next && `&before=${next}`}`);
        paged.push(...page.json.features.map((f: { id: string }) => f.id));
        next = page.json.next;
      }
      expect(paged).toEqual(whole);
    });

    it("are gone when taken away, and that is in the log", async () => {
      expect((await put(as.system_admin, path(), polygon(square(9, 9)))).status).toBe(200);
      const later = await since("place.shape_removed");
      expect((await remove(as.system_admin, path())).status).toBe(204);
      expect(await shapeOf(server.client(), "community", line.community.id)).toBeUndefined();
      expect(refused(await remove(as.system_admin, path()))).toEqual([404, "place.shape_none"]);
      expect((await later()).length).toBe(1);
    });
  });

  describe("targets", () => {
    const path = "/api/v1/ledger/targets";
    const list = async (who = server.client()) => (await who.get(path)).json.items;

    it("are set, changed and removed, and each is in the log", async () => {
      const first = await put(as.system_admin, path, { figure: "response", value: 95.5 });
      expect(first.status, first.text).toBe(200);
      expect([first.json.figure, first.json.unit_id, first.json.value]).toEqual(["response", null, 95.5]);
      expect((await put(as.system_admin, path, { figure: "response", unit_id: org.id, value: 80 })).status).toBe(200);
      expect((await put(as.system_admin, path, { figure: "returns", value: 250 })).status).toBe(200);
      expect((await put(as.system_admin, path, { figure: "response", value: 97 })).status).toBe(200);
      for (const who of [server.client(), as.resident, as.district_leader]) {
        const told = await list(who);
        expect(told.map((t: { figure: string; value: number; unit_id: string | null }) => [t.figure, t.unit_id, t.value])).toEqual([["response", null, 97], ["response", org.id, 80], ["returns", null, 250]]);
        for (const one of told) expect(Math.abs(Date.now() - Date.parse(one.set_at))).toBeLessThan(3600e3);
        for (const one of told) expect(one.id).toBeUndefined();
      }
      expect((await remove(as.system_admin, `${path}/response?unit=${org.id}`)).status).toBe(204);
      expect((await list()).map((t: { figure: string }) => t.figure)).toEqual(["response", "returns"]);
      expect((await remove(as.system_admin, `${path}/response`)).status).toBe(204);
      expect((await remove(as.system_admin, `${path}/response`)).status).toBe(404);
      expect((await remove(as.system_admin, `${path}/returns`)).status).toBe(204);
      expect(await list()).toEqual([]);
      const [set, gone] = [await events("ledger_target.set"), await events("ledger_target.removed")];
      expect([set.length, gone.length]).toEqual([4, 3]);
      expect(JSON.stringify(set[0])).toMatch(/response.*97/);
      expect(JSON.stringify(gone[0])).toMatch(/returns/);
    });

    it.each<[string, object | string, string]>([
      ["a figure that there is not", { figure: "happiness", value: 1 }, "ledger.no_figure"],
      ["a rate above 100", { figure: "response", value: 100.5 }, "ledger.bad_target"],
      ["a composite above 100", { figure: "composite", value: 101 }, "ledger.bad_target"],
      ["below nothing", { figure: "response", value: -1 }, ""],
      ["more cases than a billion", { figure: "returns", value: 1e10 }, ""],
      ["no value", { figure: "response" }, "field.missing"],
      ["no figure", { value: 3 }, "field.missing"],
      ["a value as text", { figure: "response", value: "95" }, ""],
      ["what is not JSON", "95", ""],
    ])("refused: %s", async (_name, body, key) => {
      const answer = await put(as.system_admin, path, body);
      expect(answer.status, answer.text).toBe(400);
      if (key) expect(answer.json.key).toBe(key);
      expect(answer.json.title).toBeTruthy();
      expect(await list()).toEqual([]);
    });

    it("are set by the system administrator alone, for a unit that there is", async () => {
      for (const key of [...keys, "resident"].filter((k) => k !== "system_admin")) {
        expect((await put(as[key], path, { figure: "response", value: 90 })).status, key).toBe(403);
        expect((await remove(as[key], `${path}/response`)).status, key).toBe(403);
      }
      expect((await put(server.client(), path, { figure: "response", value: 90 })).status).toBe(401);
      expect((await put(as.system_admin, path, { figure: "response", unit_id: line.grid.id, value: 90 })).status).toBe(404);
      expect((await remove(as.system_admin, `${path}/response?unit=x`)).status).toBe(400);
      expect(await list()).toEqual([]);
    });
  });

  // The draw itself waits for a week's end and its seal: test_recheck.c. Here one is put into the store as if drawn.
  describe("re-checks", () => {
    const path = "/api/v1/ledger/rechecks";
    const list = async (who: Client, query = "") => (await who.get(`${path}?${query}`)).json.items;
    let request: { id: string; version: number }, id: string;

    beforeAll(async () => {
      for (const key of ["community_worker", "grid_worker", "district_leader"]) expect(await list(as[key], "state=all")).toEqual([]);
      const item = (await as.resident.get("/api/v1/items")).json.items.find((i: { kind: string }) => i.kind === "repair");
      const filed = await as.resident.post("/api/v1/requests", { item: item.id, door, words: "楼道灯不亮" });
      expect(filed.status, filed.text).toBe(201);
      request = filed.json;
      const part = await as.grid_worker.act(request, "comment", { note: "看过了" });
      expect(part.status, part.text).toBe(200);
      database(place, `INSERT INTO ledger_recheck SELECT tenant_id, id, '2026-11-16', id, grid_id, 0, item_code, reported_at_ms, 1, 7, '', '', 0, 0
        FROM request WHERE id = (SELECT max(id) FROM request)`);
      id = (await list(as.community_worker))[0].id;
    });
    const found = { result: "solved", how: "call", note: "问过了" };

    it("are for the desks above and the grid, each within its own", async () => {
      for (const [key, mine] of [["grid_worker", false], ["community_worker", true], ["subdistrict_staff", true], ["district_leader", true]] as [string, boolean][]) {
        const [one, ...more] = await list(as[key]);
        expect([one.id, one.request_id, one.result, one.rank, one.eligible, one.mine], key).toEqual([id, request.id, "", 1, 7, mine]);
        expect(more).toEqual([]);
      }
      expect(await list(as.grid_worker_other)).toEqual([]);
      expect((await as.grid_worker_other.get(`${path}?place=${line.district.id}`)).status).toBe(404);
      expect((await as.community_worker.get(`${path}?state=x`)).status).toBe(400);
      expect(await list(as.community_worker, "state=done")).toEqual([]);
      expect((await server.client().get(path)).status).toBe(401);
      for (const key of ["steward", "resident", "unit_property", "system_admin", "auditor"]) {
        expect((await as[key].get(path)).status, key).toBe(403);
        expect((await as[key].post(`${path}/${id}`, found)).status, key).toBe(403);
      }
      const draws = await server.client().get(`${path}/draws`);
      expect([draws.status, draws.json.items]).toEqual([200, []]);
    });

    it("are refused to whoever had a part, to other areas, and without a result", async () => {
      expect(refused(await as.grid_worker.post(`${path}/${id}`, found))).toEqual([403, "ledger.recheck_own"]);
      expect(refused(await as.grid_worker_other.post(`${path}/${id}`, found))).toEqual([404, "ledger.no_recheck"]);
      expect(refused(await as.community_worker.post(`${path}/${unknown}`, found))).toEqual([404, "ledger.no_recheck"]);
      for (const body of [{}, { result: "solved" }, { how: "call" }, { ...found, result: "well" }, { ...found, how: "letter" }, { ...found, note: "字".repeat(5000) }])
        expect((await as.community_worker.post(`${path}/${id}`, body)).status, JSON.stringify(body).slice(0, 60)).toBe(400);
      expect((await list(as.community_worker))[0].result).toBe("");
    });

    it("are refused to the unit that had the case", async () => {
      database(place, `UPDATE ledger_recheck SET unit_id = (SELECT p.org_id FROM post p JOIN demo_person d ON d.tenant_id = p.tenant_id AND d.place_id = p.place_id
        WHERE d.name = 'community_worker' AND p.role = 'community')`);
      const [one] = await list(as.community_worker);
      expect([one.mine, (await list(as.subdistrict_staff))[0].mine]).toEqual([false, true]);
      expect(one.unit).not.toBe("");
      expect(refused(await as.community_worker.post(`${path}/${id}`, found))).toEqual([403, "ledger.recheck_own"]);
      database(place, "UPDATE ledger_recheck SET unit_id = 0");
    });

    it("take one result, of somebody who at most looked up the number, and count it", async () => {
      const contact = await as.community_worker.post(`/api/v1/requests/${request.id}/contact`, { reason: "抽查回访" });
      expect(contact.status, contact.text).toBe(200);
      expect((await list(as.community_worker))[0].mine).toBe(true);
      const answers = await Promise.all([as.community_worker, as.subdistrict_staff].map((who) => who.post(`${path}/${id}`, found)));
      expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
      const taken = answers.find((a) => a.status === 200)!;
      expect([taken.json.id, taken.json.result, taken.json.how]).toEqual([id, "solved", "call"]);
      expect(taken.json.checked_at).toBeTruthy();
      expect(taken.json.mine).toBe(false); // to have checked it is a part in it
      expect(refused(await as.district_leader.post(`${path}/${id}`, found))).toEqual([409, "ledger.recheck_done"]);
      expect(await list(as.community_worker)).toEqual([]);
      expect((await list(as.community_worker, "state=done"))[0].result).toBe("solved");
      const told = await events("request.rechecked");
      expect(told.length).toBe(1);
      expect(JSON.stringify(told[0])).toMatch(/solved/);
      expect(JSON.stringify(told[0])).not.toContain("问过了");
      const figures = (await as.district_leader.get("/api/v1/ledger/figures")).json.items[0].figures;
      const figure = figures.find((f: { code: string }) => f.code === "recheck");
      expect([figure.raw_numerator, figure.raw_denominator]).toEqual([1, 1]);
    });
  });
});
