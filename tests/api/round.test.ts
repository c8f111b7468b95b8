// SPDX-License-Identifier: MulanPSL-2.0
// Rounds from outside: sent twice, two phones at once, late, a consent withdrawn in the middle, and who may see what.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, engines, demoPlace } from "./harness";
import { pngPixels } from "./pictures";

const china = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString();

describe.each(engines)("rounds on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server, steward: Client, other: Client, desk: Client, grid: Client, next: Client;
  let building: any, plan: any;
  const care: any[] = [];

  async function until<T>(what: () => Promise<T | undefined>): Promise<T> {
    for (let i = 0; i < 900; i++) {
      const found = await what();
      if (found !== undefined) return found;
      await new Promise((r) => setTimeout(r, 100));
    }
    throw new Error("it does not come");
  }
  // The round of our own plan: the whole day long, whatever the hour of the test.
  const round = async (client = steward) => (await client.get("/api/v1/rounds/today")).json.items.find((one: any) => one.plan_id === plan.id);
  const newCare = async (name: string, more = {}) => {
    const answer = await desk.post("/api/v1/care", { place_id: building.id, name, door_number: "1单元101", phone: "19900000099", reason: "alone", every_days: 1, consent_how: "spoken", ...more });
    expect(answer.status, answer.text).toBe(201);
    return answer.json;
  };

  beforeAll(async () => {
    server = await Server.start(place);
    [steward, other, desk, grid, next] = await Promise.all(["steward", "steward_other", "community_worker", "grid_worker", "grid_worker_other"].map((key) => server.become(key)));
    building = (await steward.get("/api/v1/me")).json.grants.find((one: any) => one.role === "steward").place;
    // The demo's own plan makes way, so that those who are visited are on ours.
    for (const one of (await desk.get(`/api/v1/round-plans?place=${building.id}`)).json.items)
      expect((await desk.send("DELETE", `/api/v1/round-plans/${one.id}`)).status).toBe(204);
    for (const one of (await desk.get("/api/v1/care?limit=100")).json.items.filter((c: any) => c.place_id === building.id))
      expect((await desk.post(`/api/v1/care/${one.id}/withdraw`, { how: "written" })).status).toBe(204);
    care.push(await newCare("周桂英"), await newCare("吴德明", { meal_days: "1,2,3,4,5,6,7", meal: "午餐" }));
    const made = await desk.post("/api/v1/round-plans", { place_id: building.id, name: "整天", role: "steward", days: "every_day", window_from: "00:00", window_to: "24:00" });
    expect(made.status, made.text).toBe(201);
    plan = made.json;
    for (const point of [{ name: "门厅", asks: "lights,doors", coded: true }, { name: "顶层" }]) {
      const added = await desk.post(`/api/v1/round-plans/${plan.id}/checkpoints`, point);
      expect(added.status, added.text).toBe(201);
      plan = added.json;
    }
    await until(round); // the job, within a minute
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    place.remove();
  });

  it("says what is wrong with a plan, and keeps others' places out of reach", async () => {
    const good = { place_id: building.id, name: "x", days: "weekdays", weekdays: "1,3", window_from: "07:00", window_to: "08:00" };
    for (const [change, field] of [[{ weekdays: "8" }, "weekdays"], [{ weekdays: "" }, "weekdays"], [{ window_to: "07:10" }, "window_to"], [{ window_from: "7:00" }, "window_from"], [{ role: "district" }, "role"]] as const) {
      const answer = await desk.post("/api/v1/round-plans", { ...good, ...change });
      expect([answer.status, answer.json.field]).toEqual([400, field]);
    }
    expect((await next.post("/api/v1/round-plans", good)).status).toBe(400); // as if there were no such place
    expect((await next.get(`/api/v1/round-plans/${plan.id}`)).status).toBe(404);
    expect((await steward.get(`/api/v1/round-plans/${plan.id}`)).status).toBe(403);
    expect((await desk.patch(`/api/v1/round-plans/${plan.id}`, { name: "y" }, { "if-match": '"1"' })).status).toBe(412);
    expect((await desk.get(`/api/v1/round-plans/${plan.id}/checkpoints/${plan.checkpoints[0].id}/qr.svg`)).text).toContain("<svg");
  });

  it("is whole on the phone: checkpoints, visits, a meal; names masked until opened, and that is recorded", async () => {
    const mine = await round();
    expect(mine.list.map((one: any) => one.kind)).toEqual(["checkpoint", "checkpoint", "visit", "visit", "meal"]);
    expect(mine.mine).toBe(true);
    expect(mine.list[2].care_name).toBe("周**");
    expect(JSON.stringify(mine)).not.toContain("周桂英");
    const opened = await steward.post(`/api/v1/rounds/${mine.id}/open`, {});
    expect(opened.status, opened.text).toBe(200);
    expect(opened.json.items.map((one: any) => [one.name, one.reason])).toEqual([["周桂英", "alone"], ["吴德明", "alone"], ["吴德明", "alone"]]);
    expect(opened.headers.get("cache-control")).toBe("no-store");
    const auditor = await server.become("auditor");
    const events = (await auditor.get(`/api/v1/events?subject_kind=care&subject=${care[0].id}`)).json.items;
    expect(events.some((one: any) => one.type === "care.opened")).toBe(true);
    expect(JSON.stringify(events)).not.toContain("周桂英");
  });

  it("shows nobody else who is visited", async () => {
    const mine = await round();
    const seen = await grid.get(`/api/v1/rounds/${mine.id}`); // the grid worker looks on
    expect(seen.status).toBe(200);
    for (const item of seen.json.list) for (const hidden of ["care_id", "care_name", "result", "what"]) expect(item[hidden], hidden).toBeUndefined();
    expect((await grid.post(`/api/v1/rounds/${mine.id}/open`, {})).status).toBe(403);
    expect((await grid.post(`/api/v1/care/${care[0].id}/open`, { reason: "想看看" })).status).toBe(404);
    expect((await grid.get("/api/v1/care")).status).toBe(403);
    for (const stranger of [other, next]) {
      expect((await stranger.get(`/api/v1/rounds/${mine.id}`)).status).toBe(404);
      expect((await stranger.post(`/api/v1/rounds/${mine.id}/ticks`, {})).status).toBe(404);
      expect((await stranger.post(`/api/v1/rounds/${mine.id}/open`, {})).status).toBe(404);
      expect((await stranger.post(`/api/v1/care/${care[0].id}/open`, { reason: "想看看" })).status).toBe(404);
      expect((await stranger.post(`/api/v1/care/${care[0].id}/withdraw`, { how: "spoken" })).status).toBe(404);
    }
    for (const key of ["subdistrict_staff", "district_leader", "system_admin", "auditor", "resident_wang"])
      expect((await (await server.become(key)).get(`/api/v1/care/${care[0].id}`)).status, key).toBe(403);
    expect((await desk.get(`/api/v1/care/${care[0].id}`)).json.name).toBe("周**");
    expect((await desk.get(`/api/v1/care/${care[0].id}`)).json.reason).toBeUndefined();
    expect((await desk.post(`/api/v1/care/${care[0].id}/open`, {})).status).toBe(400);
    expect((await desk.post(`/api/v1/care/${care[0].id}/open`, { reason: "电话核对" })).json.name).toBe("周桂英");
  });

  it("takes the same tick many times at once as one, with a key and without", async () => {
    const mine = await round();
    const item = mine.list[0].id, at = new Date(Date.now() - 1000).toISOString();
    const body = { item, result: "seen", at, bad: "lights" };
    const send = (headers: Record<string, string>) => steward.post(`/api/v1/rounds/${mine.id}/ticks`, body, headers);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => send(i % 2 ? { "idempotency-key": "tick-0001" } : {})));
    for (const answer of answers) expect(answer.status, answer.text).toBe(200);
    const after = await round();
    expect(after.items_done).toBe(1);
    expect(after.state).toBe("walking");
    expect(after.list[0]).toMatchObject({ ticked: true, noted: 0, bad: "lights", result: "seen", scanned: false });
    expect((await steward.post(`/api/v1/rounds/${mine.id}/ticks`, { ...body, bad: "leaks" })).status).toBe(400); // not asked there
    expect((await steward.post(`/api/v1/rounds/${mine.id}/ticks`, { ...body, result: "well" })).status).toBe(400);
  });

  it("knows a scanned code, refuses a replaced one, and does not tell it", async () => {
    const mine = await round();
    const [first] = plan.checkpoints;
    expect(JSON.stringify(mine)).not.toContain(first.code);
    const renewed = (await desk.post(`/api/v1/round-plans/${plan.id}/checkpoints/${first.id}/code`, {})).json;
    expect(renewed.checkpoints[0].code).not.toBe(first.code);
    const send = (code: string) => steward.post(`/api/v1/rounds/${mine.id}/ticks`, { item: mine.list[1].id, result: "seen", code });
    expect((await send(first.code)).json.key).toBe("round.wrong_code");
    expect((await send(renewed.checkpoints[0].code)).json.key).toBe("round.wrong_code"); // it is the other checkpoint's
    expect((await round()).items_done).toBe(1);
  });

  it("turns a finding into a request at once, with its picture", async () => {
    const mine = await round();
    const service = (await steward.get("/api/v1/items")).json.items.find((one: any) => one.kind === "finding");
    const photo = await steward.upload("/api/v1/media", pngPixels(64, 64), "p.png", "image/png", { purpose: "report" });
    const body = { service: service.id, item: mine.list[1].id, words: "堆物", media: [photo.json.id] };
    const answers = await Promise.all([1, 2, 3].map(() => steward.post(`/api/v1/rounds/${mine.id}/findings`, body, { "idempotency-key": "find-0001" })));
    for (const answer of answers) expect(answer.status, answer.text).toBe(201);
    expect((await round()).findings).toBe(1);
    const filed = (await steward.get("/api/v1/requests?mine=1")).json.items.filter((one: any) => one.words.includes("顶层：堆物"));
    expect(filed).toHaveLength(1);
    expect(filed[0]).toMatchObject({ kind: "finding", photo_count: 1 });
    const errand = (await steward.get("/api/v1/items")).json.items.find((one: any) => one.kind === "errand");
    expect((await steward.post(`/api/v1/rounds/${mine.id}/findings`, { service: errand.id })).status).toBe(400);
  });

  it("two phones at once: one word of an item stands, the other stays beside it", async () => {
    const mine = await round();
    const item = mine.list[2].id, at = new Date().toISOString();
    const answers = await Promise.all(["well", "refused", "well", "refused"].map((result, i) => steward.post(`/api/v1/rounds/${mine.id}/ticks`, { item, result, at }, { "idempotency-key": `two-${i}` })));
    for (const answer of answers) expect(answer.status, answer.text).toBe(200);
    const after = (await round()).list[2];
    expect(["well", "refused"]).toContain(after.result);
    expect(after.noted).toBe(2); // both of the other word; the same word again is nothing new
  });

  it("sets a wrong clock right, and marks what is recorded late", async () => {
    const mine = await round();
    const send = (item: string, at: string, more = {}) => steward.post(`/api/v1/rounds/${mine.id}/ticks`, { item, result: "seen", at, ...more });
    expect((await send(mine.list[1].id, "2031-01-01T00:00:00Z")).status).toBe(200);
    const item = (await round()).list[1];
    expect(Math.abs(Date.parse(item.ticked_at) - Date.now())).toBeLessThan(60_000);
    expect(item.late).toBe(false);
    expect(china(Date.parse(item.ticked_at)).slice(0, 10)).toBe(mine.date);
  });

  it("puts an ordered meal on today's round, once", async () => {
    const before = await round();
    const order = () => desk.post(`/api/v1/care/${care[0].id}/meals`, { what: "面条" });
    expect((await order()).status).toBe(201);
    expect((await order()).status).toBe(409);
    const after = await round();
    expect(after.items).toBe(before.items + 1);
    const meal = after.list.find((one: any) => one.what === "面条");
    const tick = (body: object) => steward.post(`/api/v1/rounds/${after.id}/ticks`, { item: meal.id, result: "not_delivered", ...body });
    expect((await tick({})).json.field).toBe("words");
    expect((await tick({ words: "没有人在家" })).status).toBe(200);
    expect((await desk.get(`/api/v1/care/${care[0].id}`)).json.visits[0]).toMatchObject({ kind: "meal", result: "not_delivered", words: "没有人在家" });
  });

  it("a consent withdrawn in the middle: off the list at once, erased, and what the phone still sends finds nobody", async () => {
    const mine = await round();
    const waiting = mine.list.filter((one: any) => one.care_id === care[1].id);
    expect(waiting.map((one: any) => one.kind)).toEqual(["visit", "meal"]);
    expect((await steward.post(`/api/v1/care/${care[1].id}/withdraw`, { how: "spoken" })).status).toBe(204); // told at the door
    const after = await round();
    expect(after.list.some((one: any) => one.care_id === care[1].id)).toBe(false);
    expect(after.state).toBe("done"); // nothing else was left
    const late = await steward.post(`/api/v1/rounds/${mine.id}/ticks`, { item: waiting[0].id, result: "well", at: new Date().toISOString() });
    expect([late.status, late.json.key]).toEqual([404, "round.no_such_item"]);
    const kept = (await desk.get(`/api/v1/care/${care[1].id}`)).json;
    expect(kept).toMatchObject({ name: null, door_number: null, phone: null, consent_how: "spoken" });
    expect(kept.withdrawn_at).not.toBeNull();
    expect((await desk.get("/api/v1/care?limit=100")).json.items.some((one: any) => one.id === care[1].id)).toBe(false);
    expect((await desk.post(`/api/v1/care/${care[1].id}/open`, { reason: "再看看" })).status).toBe(409);
    expect((await desk.post(`/api/v1/care/${care[1].id}/withdraw`, { how: "spoken" })).status).toBe(409);
  });

  it("counts what happened, for the building and for those above it", async () => {
    const figures = (await desk.get(`/api/v1/rounds/figures?place=${building.id}`)).json;
    const ours = figures.counts;
    expect(ours.done).toBe(1);
    expect(ours.findings).toBe(1);
    expect(ours.visits).toBe(1);
    expect(ours.meals_failed).toBe(1);
    expect(figures.grids.reduce((sum: number, one: any) => sum + one.planned, 0)).toBe(ours.planned);
    expect((await next.get(`/api/v1/rounds/figures?place=${building.id}`)).status).toBe(404);
    expect((await next.get("/api/v1/rounds")).json.items.every((one: any) => one.plan_id !== plan.id)).toBe(true);
    expect((await grid.get("/api/v1/rounds?state=done")).json.items.some((one: any) => one.plan_id === plan.id)).toBe(true);
  });
});
