// SPDX-License-Identifier: MulanPSL-2.0
// Whistle, check-in, clear from outside: who may, who sees, what is refused, and two at once.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, demoPlace, engines } from "./harness";

const door = "DEM0DEM0DEM0DEM0";

describe.each(engines)("whistle on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  let resident: Client, desk: Client, unit: Client, handler: Client;
  let item: string, unitPost: string;
  const desks: Client[] = [];
  beforeAll(async () => {
    server = await Server.start(place);
    resident = await server.resident("19900003001");
    item = (await resident.get("/api/v1/items")).json.items.find((i: any) => i.kind === "repair").id;
    const people = (await server.client().get("/api/v1/demo/people")).json.items;
    const probe = (await resident.post("/api/v1/requests", { item, door, words: "探路" })).json;
    for (const one of people.filter((p: any) => ["community", "subdistrict"].includes(p.role))) {
      const client = await server.become(one.key);
      if ((await client.get(`/api/v1/requests/${probe.id}`)).status === 200) desks.push(client);
    }
    desk = desks[0];
    for (const one of people.filter((p: any) => ["steward", "grid_worker"].includes(p.role))) {
      const client = await server.become(one.key);
      if ((await client.get("/api/v1/worklist")).json?.items?.some((r: any) => r.id === probe.id)) handler = client;
    }
    for (const one of people.filter((p: any) => p.role === "unit")) {
      unit = await server.become(one.key);
      const me = (await unit.get("/api/v1/me")).json;
      unitPost = me.grants.find((g: any) => g.post)?.post.id ?? unitPost;
      if (unitPost) break;
    }
    expect(desk && handler && unit && unitPost).toBeTruthy();
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });

  const body = (posts: string[], more: object = {}) => ({
    ground: "joint",
    note: "一家办不了",
    summoned: posts.map((post_id) => ({ post_id, wanted: "查漏点，关阀", unit: "work_hour", budget: 8, ...more })),
  });
  async function signed(words: string): Promise<any> {
    const filed = (await resident.post("/api/v1/requests", { item, door, words })).json;
    const seen = (await handler.get(`/api/v1/requests/${filed.id}`)).json;
    const answer = await handler.act(seen, "sign");
    expect(answer.status, answer.text).toBe(200);
    return answer.json;
  }
  async function whistled(words: string): Promise<any> {
    const request = await signed(words);
    const answer = await desk.act((await desk.get(`/api/v1/requests/${request.id}`)).json, "whistle", body([unitPost]));
    expect(answer.status, answer.text).toBe(200);
    return answer.json;
  }
  const step = (client: Client, task: any, action: string, input: object = {}, headers: Record<string, string> = {}) =>
    client.post(`/api/v1/tasks/${task.id}/actions/${action}`, input, headers);
  const done = { note: "阀门换好了", without_photo: "在井下" };

  it("summons a unit, which checks in and clears, before anything is closed", async () => {
    const request = await whistled("水管漏水");
    const [task] = request.tasks;
    expect(request.open_tasks).toBe(1);
    expect(task).toMatchObject({ state: "summoned", ground: "joint", wanted: "查漏点，关阀", check_in_budget: 2, budget: 8, overdue: false });
    expect(task.dispatched_at).toBe(task.whistled_at);
    const work = (await unit.get("/api/v1/tasks")).json.items;
    expect(work.map((t: any) => t.id)).toContain(task.id);
    expect([...work].sort((a: any, b: any) => (a.check_in_due_at < b.check_in_due_at ? -1 : 1))[0].id).toBe(work[0].id);
    const seen = await unit.get(`/api/v1/requests/${request.id}`);
    expect(seen.status).toBe(200);
    expect(seen.json).toMatchObject({ words: "水管漏水", relation: "helper" });
    const finished = await handler.act((await handler.get(`/api/v1/requests/${request.id}`)).json, "finish", done);
    expect(finished.status, finished.text).toBe(200);
    let mine = (await resident.get(`/api/v1/requests/${request.id}`)).json;
    if (mine.state === "handled") {
      await desk.act((await desk.get(`/api/v1/requests/${request.id}`)).json, "pass");
      mine = (await resident.get(`/api/v1/requests/${request.id}`)).json;
    }
    expect(mine.state).toBe("callback");
    expect(mine.actions.map((a: any) => a.action)).not.toContain("confirm");
    expect(mine.tasks[0].wanted).toBeUndefined(); // what colleagues write to each other
    expect(JSON.stringify(mine)).not.toContain("查漏点");
    const early = await resident.act(mine, "confirm");
    expect([early.status, early.json.key]).toEqual([409, "request.tasks_open"]);
    const there = await step(unit, task, "check_in", {}, { "if-match": `"${task.version}"` });
    expect(there.status, there.text).toBe(200);
    expect(there.json.state).toBe("checked_in");
    const noPhoto = await step(unit, task, "clear", { note: "好了" });
    expect([noPhoto.status, noPhoto.json.key]).toEqual([400, "request.photo_needed"]);
    const cleared = await step(unit, task, "clear", done);
    expect(cleared.status, cleared.text).toBe(200);
    mine = (await resident.get(`/api/v1/requests/${request.id}`)).json;
    expect(mine.open_tasks).toBe(0);
    expect(mine.timeline.map((e: any) => e.type)).toEqual(expect.arrayContaining(["request.whistled", "task.summoned", "task.checked_in", "task.cleared"]));
    expect((await resident.act(mine, "confirm", { rating: 5 })).status).toBe(200);
    expect((await unit.get(`/api/v1/requests/${request.id}`)).status).toBe(200); // it was there
  });

  it("is not found by who has nothing to do with it", async () => {
    const other = await server.resident("19900003002");
    const unseen = await signed("不关单位的事");
    expect((await unit.get(`/api/v1/requests/${unseen.id}`)).status).toBe(404);
    const [task] = (await whistled("漏")).tasks;
    for (const answer of [await other.get(`/api/v1/tasks/${task.id}`), await step(other, task, "check_in"), await other.get("/api/v1/tasks/00000000000AA")])
      expect(answer.status).toBe(404);
    expect((await other.get("/api/v1/tasks")).status).toBe(403);
    expect((await server.client().get("/api/v1/tasks")).status).toBe(401);
    expect((await step(handler, task, "check_in")).status).toBe(403);
    expect((await step(unit, task, "recall", { note: "不去" })).status).toBe(403);
    const request = (await handler.get(`/api/v1/requests/${unseen.id}`)).json;
    expect((await handler.act(request, "whistle", body([unitPost]))).status).toBe(403);
  });

  it("refuses what makes no sense", async () => {
    const request = await signed("试错");
    const ask = async (input: object) => {
      const answer = await desk.act((await desk.get(`/api/v1/requests/${request.id}`)).json, "whistle", input);
      return [answer.status, answer.json.key];
    };
    expect(await ask(body([]))).toEqual([400, "field.missing"]);
    expect(await ask(body(Array.from({ length: 13 }, () => unitPost)))).toEqual([400, "field.too_long"]);
    expect(await ask(body([unitPost, unitPost]))).toEqual([409, "task.summoned_already"]);
    expect(await ask(body([unitPost], { check_in: 9 }))).toEqual([400, "task.check_in_after_clear"]);
    expect(await ask(body([unitPost], { budget: 0 }))).toEqual([400, "field.out_of_range"]);
    expect(await ask(body([unitPost], { extra: 1 }))).toEqual([400, "json.unknown_field"]);
    expect(await ask({ ...body([unitPost]), ground: "because" })).toEqual([400, "field.unknown_value"]);
    expect(await ask(body([request.owner.post_id]))).toEqual([409, "request.same_post"]);
  });

  it("begins the clock anew for another team, while the request's limit stays", async () => {
    const request = await whistled("换队");
    const [task] = request.tasks;
    const own = (await desk.get("/api/v1/me")).json.grants.find((g: any) => g.post).post.id;
    const moved = await step(desk, task, "hand_over", { note: "换人去", post_id: own });
    expect(moved.status, moved.text).toBe(200);
    expect(moved.json).toMatchObject({ state: "summoned", handed_over: 1, post_id: own });
    expect(moved.json.dispatched_at > task.dispatched_at).toBe(true);
    expect((await desk.get(`/api/v1/requests/${request.id}`)).json.due_at).toBe(request.due_at);
    expect((await step(unit, task, "check_in")).status).toBe(403);
  });

  it("calls its tasks off when the request is taken back", async () => {
    const request = await whistled("算了");
    const gone = await resident.act((await resident.get(`/api/v1/requests/${request.id}`)).json, "withdraw");
    expect(gone.status, gone.text).toBe(200);
    expect(gone.json.tasks.map((t: any) => t.state)).toEqual(["recalled"]);
    expect((await unit.get("/api/v1/tasks")).json.items.map((t: any) => t.id)).not.toContain(request.tasks[0].id);
  });

  it("lets one of many of a unit check in, and tells the others who it was", async () => {
    const [task] = (await whistled("一起到")).tasks;
    const answers = await Promise.all(Array.from({ length: 8 }, () => step(unit, task, "check_in")));
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
    for (const lost of answers.filter((a) => a.status !== 200)) expect([lost.status, lost.json.key]).toEqual([409, "task.already_checked_in"]);
  });

  it("lets either the clear or the recall be first", async () => {
    const request = await whistled("先后");
    const [task] = request.tasks;
    await step(unit, task, "check_in");
    const [clear, recall] = await Promise.all([step(unit, task, "clear", done), step(desk, task, "recall", { note: "不用了" })]);
    expect([clear.status, recall.status].sort()).toEqual([200, 409]);
    const after = (await desk.get(`/api/v1/requests/${request.id}`)).json;
    expect([after.open_tasks, after.tasks[0].state]).toEqual([0, clear.status === 200 ? "cleared" : "recalled"]);
  });

  it("never closes a request over a task that is open, however whistle and close fall together", async () => {
    for (let round = 0; round < 4; round++) {
      const request = await signed("一起来");
      const seen = (await desk.get(`/api/v1/requests/${request.id}`)).json;
      const mine = (await resident.get(`/api/v1/requests/${request.id}`)).json;
      const path = `/api/v1/requests/${request.id}/actions/`;
      const [whistle, close] = await Promise.all([desk.post(path + "whistle", body([unitPost])), resident.post(path + "withdraw", {})]);
      expect(close.status, close.text).toBe(200);
      expect([200, 409]).toContain(whistle.status);
      const after = (await desk.get(`/api/v1/requests/${request.id}`)).json;
      expect([after.state, after.open_tasks]).toEqual(["closed", 0]);
      expect(after.tasks.every((t: any) => t.state === "recalled")).toBe(true);
      expect(seen.id).toBe(mine.id);
    }
  });

  it("counts what is late on the desk and lists it", async () => {
    const count = (await desk.get("/api/v1/desk")).json;
    expect(count.tasks_late).toBe(0);
    const place_id = (await desk.get("/api/v1/me")).json.grants[0].place.id;
    const open = await desk.get(`/api/v1/tasks?place=${place_id}`);
    expect(open.status, open.text).toBe(200);
    expect(open.json.items.length).toBeGreaterThan(0);
    expect((await desk.get(`/api/v1/tasks?place=${place_id}&overdue=1`)).json.items).toEqual([]);
    expect((await unit.get(`/api/v1/tasks?place=${place_id}`)).status).toBe(404);
  });
});
