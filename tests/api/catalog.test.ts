// SPDX-License-Identifier: MulanPSL-2.0
// The catalogue: limits, what to bring, versions, stations; and that a request keeps what it was filed with.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, demoPlace, engines } from "./harness";

const door = "DEM0DEM0DEM0DEM0";

describe.each(engines)("catalogue on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server, anyone: Client, admin: Client, resident: Client;
  beforeAll(async () => {
    server = await Server.start(place);
    anyone = server.client();
    admin = await server.become("system_admin");
    resident = await server.resident("19900004001");
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });
  const items = async () => (await anyone.get("/api/v1/items")).json.items as any[];

  it("begins with 95 items, each complete in both languages, with the limits of all clocks", async () => {
    const all = await items();
    expect(all).toHaveLength(95);
    expect(new Set(all.map((item) => item.code)).size).toBe(95);
    expect(new Set(all.map((item) => item.name_zh)).size).toBe(95);
    for (const kind of ["wish", "repair", "errand", "dispute", "finding"]) expect(all.filter((item) => item.kind === kind).length, kind).toBeGreaterThan(5);
    for (const item of all) {
      for (const field of ["name_zh", "name_en", "hint_zh", "hint_en"]) expect(item[field].length, `${item.code} ${field}`).toBeGreaterThan(0);
      for (const field of ["budget", "dispatch_budget", "response_budget", "verification_budget"]) expect(item[field], `${item.code} ${field}`).toBeGreaterThan(0);
      expect(item.bring_zh.split("\n").length, item.code).toBe(item.bring_en.split("\n").length);
    }
    expect(all.filter((item) => item.bring_zh).length).toBeGreaterThan(30);
    // What a visit finds goes past the steward who found it.
    expect(all.find((item) => item.code === "elder.help")).toMatchObject({ kind: "finding", route_role: "grid_worker", private_always: true });
  });

  it("makes a version of every change, readable for ever; a request keeps the one it was filed under", async () => {
    const made = await admin.post("/api/v1/items", { code: "test.fence", kind: "repair", name_zh: "篱笆歪了", name_en: "Crooked fence", route_role: "steward", unit: "work_day", budget: 2 });
    expect(made.status, made.text).toBe(201);
    expect(made.json).toMatchObject({ version: 1, dispatch_budget: 1, response_budget: 1, verification_budget: 2 });
    const filed = (await resident.post("/api/v1/requests", { item: made.json.id, door, words: "歪了" })).json;
    expect(filed.item_version).toBe(1);
    const changed = await admin.patch(`/api/v1/items/${made.json.id}`, { unit: "day", budget: 5, dispatch_budget: 4, bring_zh: "身份证\n照片", bring_en: "Identity card\nPhoto" }, { "if-match": '"1"' });
    expect(changed.status, changed.text).toBe(200);
    // What it said of its own stays, the rest goes with the unit.
    expect(changed.json).toMatchObject({ version: 2, dispatch_budget: 4, response_budget: 1, verification_budget: 3 });
    expect((await admin.patch(`/api/v1/items/${made.json.id}`, { bring_zh: "一\n二\n三" })).json.key).toBe("item.bring_differs");
    const history = (await anyone.get(`/api/v1/items/${made.json.id}/versions`)).json.items;
    expect(history.map((one: any) => one.version)).toEqual([2, 1]);
    expect(history[0].effective_from > history[1].effective_from).toBe(true);
    expect(history[0].changed_by_id).toBeUndefined();
    expect((await anyone.get(`/api/v1/items/${made.json.id}?version=1`)).json).toMatchObject({ version: 1, unit: "work_day", budget: 2, bring_zh: "" });
    expect((await anyone.get(`/api/v1/items/${made.json.id}`)).json).toMatchObject({ version: 2, unit: "day" });
    expect((await anyone.get(`/api/v1/items/${made.json.id}?version=3`)).status).toBe(404);
    const again = (await resident.get(`/api/v1/requests/${filed.id}`)).json;
    expect(again).toMatchObject({ due_at: filed.due_at, item_version: 1, deadline: { unit: "work_day", budget: 2 } });
    expect((await resident.post("/api/v1/requests", { item: made.json.id, door, words: "又歪了" })).json).toMatchObject({ item_version: 2, deadline: { unit: "day", budget: 5 } });
  });

  it("changes the item of a request: the time so far stays, the limit is the new item's from the report", async () => {
    const lamp = "repair.lamp", roof = "repair.roof";
    const all = await items(), of = (code: string) => all.find((item) => item.code === code);
    const filed = (await resident.post("/api/v1/requests", { item: of(lamp).id, door, words: "楼道灯不亮，其实是漏水" })).json;
    const community = await server.become("community_worker");
    const seen = (await community.get(`/api/v1/requests/${filed.id}`)).json;
    expect((await community.act(seen, "reclassify", { item_id: of(roof).id })).json.key).toBe("flow.note_needed");
    expect((await community.act(seen, "reclassify", { item_id: of(lamp).id, note: "同一项" })).json.key).toBe("request.same_item");
    const now = await community.act(seen, "reclassify", { item_id: of(roof).id, note: "是漏水" });
    expect(now.status, now.text).toBe(200);
    expect(now.json).toMatchObject({ item: { code: roof }, state: seen.state, deadline: { unit: "work_day", budget: of(roof).budget } });
    expect(now.json.due_at > seen.due_at).toBe(true);
    expect(now.json.timeline.at(-1)).toMatchObject({ type: "request.reclassified", note: "是漏水" });
    expect((await resident.post(`/api/v1/requests/${filed.id}/actions/reclassify`, { item_id: of(lamp).id, note: "不" })).status).toBe(403);
  });

  it("says where to go: nearest by the tree of places, for the item, open until or from when", async () => {
    const here = (await anyone.get(`/api/v1/doors/${door}`)).json.place;
    const community = await server.become("community_worker");
    const me = (await community.get("/api/v1/me")).json;
    const own = me.grants.find((grant: any) => grant.role === "community").place;
    const all = await items(), card = all.find((item) => item.code === "errand.card"), dog = all.find((item) => item.code === "dog.register");
    const district = (await admin.get("/api/v1/places?level=district")).json.items[0];
    const always = Object.fromEntries(["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"].map((day) => [`hours_${day}`, "00:00-24:00"]));
    const body = { name_zh: "测试服务站", name_en: "Test station", address: "解放路 1 号", phone: "0851-1", place_id: own.id };
    expect((await community.post("/api/v1/stations", { ...body, place_id: district.id })).json.key).toBe("station.not_yours");
    expect((await resident.post("/api/v1/stations", body)).status).toBe(403);
    expect((await community.post("/api/v1/stations", { ...body, hours_mon: "9-12" })).json).toMatchObject({ key: "station.bad_hours", field: "hours_mon" });
    expect((await community.post("/api/v1/stations", { ...body, items: [here.id] })).json).toMatchObject({ key: "item.unknown", field: "items" });
    const near = await community.post("/api/v1/stations", { ...body, ...always, items: [card.id], lat: 27.7, lng: 106.9 });
    expect(near.status, near.text).toBe(201);
    const street = (await admin.get(`/api/v1/places/${own.id}`)).json.parent_id;
    const far = await admin.post("/api/v1/stations", { ...body, name_zh: "街道中心", place_id: street });
    expect(far.status, far.text).toBe(201);
    const asked = async (query: string) => (await anyone.get(`/api/v1/stations?limit=100&${query}`)).json.items as any[];
    const forCard = await asked(`door=${door}&item=${card.id}`);
    expect(forCard.findIndex((one) => one.id === near.json.id)).toBeLessThan(forCard.findIndex((one) => one.id === far.json.id));
    expect(forCard.find((one) => one.id === near.json.id)).toMatchObject({ open_now: true, opens_next: null, name_en: "Test station" });
    expect(forCard.find((one) => one.id === far.json.id)).toMatchObject({ open_now: false, open_until: null, opens_next: null });
    expect((await asked(`place=${here.id}&item=${dog.id}`)).map((one) => one.id)).not.toContain(near.json.id);
    expect((await anyone.get("/api/v1/stations?door=NOSUCHDOOR")).status).toBe(404);
    expect(JSON.stringify(forCard)).not.toContain('"path"');
    // Kept in the subtree only; given up, it is no longer shown.
    expect((await community.patch(`/api/v1/stations/${far.json.id}`, { phone: "2" })).json.key).toBe("station.not_yours");
    expect((await community.patch(`/api/v1/stations/${near.json.id}`, { place_id: district.id })).json.key).toBe("station.not_yours");
    expect((await community.patch(`/api/v1/stations/${near.json.id}`, { closed: true }, { "if-match": '"7"' })).status).toBe(412);
    expect((await community.patch(`/api/v1/stations/${near.json.id}`, { closed: true }, { "if-match": '"1"' })).status).toBe(200);
    expect((await asked(`door=${door}&item=${card.id}`)).map((one) => one.id)).not.toContain(near.json.id);
    expect((await asked("closed=1")).map((one) => one.id)).not.toContain(near.json.id); // nobody in particular keeps them
    expect((await community.get(`/api/v1/stations?closed=1&limit=100&place=${own.id}`)).json.items.map((one: any) => one.id)).toContain(near.json.id);
  });

  it("names what is asked for most of late at the door", async () => {
    const bench = (await items()).find((item) => item.code === "repair.fitness");
    for (let i = 0; i < 60; i++) expect((await resident.post("/api/v1/requests", { item: bench.id, door, words: `第 ${i} 个` })).status).toBe(201);
    const page = (await anyone.get(`/api/v1/doors/${door}`)).json;
    expect(page.common[0]).toBe(bench.id);
    expect(page.common.length).toBeLessThanOrEqual(12);
  });
});
