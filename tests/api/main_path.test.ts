// SPDX-License-Identifier: MulanPSL-2.0
// The main job, from a door's code to "it was done", as the clients of three people see it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, engines, demoPlace } from "./harness";
import { pngPixels } from "./pictures";

const door = "DEM0DEM0DEM0DEM0";

describe.each(engines)("the main path on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  beforeAll(async () => {
    server = await Server.start(place);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    place.remove();
  });

  async function fileRequest(who: Client, words: string, code = "repair.light"): Promise<any> {
    const items = (await who.get("/api/v1/items")).json.items;
    const item = items.find((i: any) => i.code === code) ?? items.find((i: any) => i.kind === "repair" && i.route_role === "steward");
    const answer = await who.post("/api/v1/requests", { item: item.id, door, words });
    expect(answer.status, answer.text).toBe(201);
    return answer.json;
  }

  it("is filed, signed for, finished with a photo, confirmed and rated; the timeline tells each step", async () => {
    const resident = await server.resident("19900001234");
    const filed = await fileRequest(resident, "三楼楼道的灯不亮了，老人晚上下楼看不见。");
    expect(filed.state).toBe("dispatched");
    expect(Date.parse(filed.due_at)).toBeGreaterThan(Date.parse(filed.reported_at));

    const worker = await ownerOf(filed);
    const list = await worker.get("/api/v1/worklist");
    expect(list.json.items.map((r: any) => r.id)).toContain(filed.id);

    let now = (await worker.get(`/api/v1/requests/${filed.id}`)).json;
    now = ok(await worker.act(now, "sign"));
    expect(now.state).toBe("in_progress");
    const photo = await worker.upload("/api/v1/media", pngPixels(640, 480), "after.png", "image/png", { purpose: "after" });
    expect(photo.status, photo.text).toBe(201);
    now = ok(await worker.act(now, "finish", { note: "换了新灯泡，已经亮了。", media: [photo.json.id] }));

    let mine = (await resident.get(`/api/v1/requests/${filed.id}`)).json;
    if (mine.state === "handled") mine = ok(await (await server.become("community_worker")).act(mine, "pass"));
    mine = (await resident.get(`/api/v1/requests/${filed.id}`)).json;
    expect(mine.state).toBe("callback");
    expect(mine.media.some((m: any) => m.purpose === "after")).toBe(true);
    expect(mine.actions.map((a: any) => a.action)).toEqual(expect.arrayContaining(["confirm", "deny"]));
    mine = ok(await resident.act(mine, "confirm", { rating: 5 }));
    expect(["closed", "evaluated"]).toContain(mine.state);
    expect(mine.outcome).toBe("solved");

    const types = mine.timeline.map((t: any) => t.type);
    for (const step of ["request.reported", "request.dispatched", "request.signed", "request.finished"]) expect(types).toContain(step);
    const times = mine.timeline.map((t: any) => Date.parse(t.at));
    expect([...times].sort((a, b) => a - b)).toEqual(times);
  });

  it("may be denied, done again, and reopened", async () => {
    const resident = await server.resident("19900001235");
    const filed = await fileRequest(resident, "水管漏水");
    const worker = await ownerOf(filed);
    let now = ok(await worker.act((await worker.get(`/api/v1/requests/${filed.id}`)).json, "sign"));
    now = ok(await worker.act(now, "finish", { note: "修好了", without_photo: "管道在墙里" }));
    let mine = (await resident.get(`/api/v1/requests/${filed.id}`)).json;
    mine = ok(await resident.act(mine, "deny", { note: "还在漏" }));
    expect(mine.state).toBe("in_progress");
    now = ok(await worker.act((await worker.get(`/api/v1/requests/${filed.id}`)).json, "finish", { note: "又修了一次", without_photo: "管道在墙里" }));
    mine = ok(await resident.act((await resident.get(`/api/v1/requests/${filed.id}`)).json, "confirm", {}));
    mine = ok(await resident.act(mine, "reopen", { note: "第二天又漏了" }));
    expect(mine.state).toBe("dispatched");
    expect(mine.owner).not.toBeNull();
  });

  it("shows on the wall without a word, a name or a door", async () => {
    const resident = await server.resident("19900001236");
    await fileRequest(resident, "独特的话语九九八十一");
    const wall = await server.client().get(`/api/v1/wall?door=${door}`);
    expect(wall.status).toBe(200);
    expect(wall.json.items.length).toBeGreaterThan(0);
    for (const secret of ["独特的话语", "19900001236", "1236"]) expect(wall.text).not.toContain(secret);
    expect(wall.text).not.toMatch(/\d+ ?(栋|单元|号楼|室)/);
  });

  it("reaches the worker's open stream without a reload", async () => {
    const resident = await server.resident("19900001237");
    const first = await fileRequest(resident, "先看看是谁负责");
    const worker = await ownerOf(first);
    const stream = await fetch(`${server.url}/api/v1/stream`, { headers: { authorization: `Bearer ${worker.token}` } });
    expect(stream.headers.get("content-type")).toContain("text/event-stream");
    const reader = stream.body!.getReader();
    const filed = await fileRequest(resident, "快来看看");
    let heard = "";
    const end = Date.now() + 20_000;
    while (!heard.includes(filed.id) && Date.now() < end) {
      const { value, done } = await reader.read();
      if (done) break;
      heard += new TextDecoder().decode(value);
    }
    await reader.cancel();
    expect(heard).toContain(filed.id);
  });

  // The demo person who holds the owning post: found by asking each worker for its list.
  async function ownerOf(request: any): Promise<Client> {
    for (const person of (await server.client().get("/api/v1/demo/people")).json.items) {
      if (person.app !== "worker") continue;
      const client = await server.become(person.key);
      const list = await client.get("/api/v1/worklist");
      if (list.json?.items?.some((r: any) => r.id === request.id)) return client;
    }
    throw new Error(`nobody of the demo has ${request.id} on the list`);
  }

  function ok(answer: any): any {
    expect(answer.status, answer.text).toBe(200);
    return answer.json;
  }
});
