// SPDX-License-Identifier: MulanPSL-2.0
// What a desk must be able to rely on: a post that falls vacant is passed at once and said, a boundary that is redrawn
// takes what is open there along, an answer given by telephone counts.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, demoPlace, engines } from "./harness";

const door = "DEM0DEM0DEM0DEM0";
const finished = { note: "换好了", without_photo: "屋里不便拍照" };

describe.each(engines)("desks on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  let resident: Client, steward: Client, grid: Client, desk: Client, admin: Client;
  let lamp: string;
  beforeAll(async () => {
    server = await Server.start(place);
    resident = await server.become("resident_wang");
    [steward, grid, desk, admin] = await Promise.all(["steward", "grid_worker", "community_worker", "system_admin"].map((key) => server.become(key)));
    lamp = (await resident.get("/api/v1/items")).json.items.find((one: any) => one.code === "repair.lamp").id;
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });
  const file = async (words: string) => (await resident.post("/api/v1/requests", { item: lamp, door, words })).json;
  const see = async (who: Client, id: string) => (await who.get(`/api/v1/requests/${id}`)).json;
  const act = async (who: Client, id: string, action: string, input: object = {}) => who.act(await see(who, id), action, input);

  it("records what a resident says on the telephone, as the resident's own answer", async () => {
    const { id } = await file("三楼灯不亮");
    expect((await act(steward, id, "sign")).status).toBe(200);
    expect((await act(steward, id, "finish", finished)).json.state).toBe("callback");
    expect((await act(steward, id, "confirm")).status).toBe(403); // nobody asks about their own work
    const heard = await act(desk, id, "confirm", { rating: 2, note: "老人说还是有点暗" });
    expect(heard.status, heard.text).toBe(200);
    expect(heard.json).toMatchObject({ state: "closed", outcome: "solved", rating: 2 });
    expect(heard.json.timeline.at(-1)).toMatchObject({ type: "request.confirmed", rating: 2, note: "老人说还是有点暗" });
    const list = (await desk.get("/api/v1/requests?unsatisfied=1")).json.items;
    expect(list.map((one: any) => one.id)).toContain(id); // not content, and the desk owes an answer
    expect((await act(resident, id, "rate", { rating: 5 })).json).toMatchObject({ state: "evaluated", rating: 5 }); // the resident's own word is the last
  });

  it("hands on at once what lies with a steward whose term ends, and says that the post is vacant", async () => {
    const before = await file("四楼灯不亮");
    expect(before.state).toBe("dispatched");
    expect((await see(grid, before.id)).relation).not.toBe("handler");
    const vacant = (await desk.get("/api/v1/desk")).json.vacant_posts;
    const { place: building } = (await server.client().get(`/api/v1/doors/${door}`)).json;
    const post = (await admin.get(`/api/v1/posts?place=${building.id}`)).json.items.find((one: any) => one.role === "steward");
    const term = (await admin.get(`/api/v1/posts/${post.id}/terms`)).json.items.find((one: any) => !one.ended_at);
    const ended = await admin.send("DELETE", `/api/v1/terms/${term.id}`);
    expect(ended.status, ended.text).toBeLessThan(300);

    const moved = await see(grid, before.id); // no waiting for a job
    expect(moved.relation).toBe("handler");
    expect(moved.state).toBe("dispatched");
    expect(moved.timeline.at(-1)).toMatchObject({ type: "request.rerouted", vacant: post.name, post: moved.owner.post });
    expect((await grid.get("/api/v1/worklist")).json.items.map((one: any) => one.id)).toContain(before.id);
    const after = await file("五楼灯不亮"); // what comes now does not stop at the vacant post either
    expect((await see(grid, after.id)).relation).toBe("handler");
    expect((await see(desk, after.id)).timeline.some((one: any) => one.vacant === post.name)).toBe(true);
    expect((await desk.get("/api/v1/desk")).json.vacant_posts).toBe(vacant + 1);
    const list = (await desk.get(`/api/v1/posts?place=${building.id}&vacant=1`)).json.items;
    expect(list.map((one: any) => one.id)).toContain(post.id);
    expect((await steward.get(`/api/v1/requests/${after.id}`)).status).toBe(404); // and who was steward sees no more of it
  });

  it("takes open requests along when an estate goes to another grid, and leaves the closed where they were judged", async () => {
    const other = await server.become("grid_worker_other");
    const [open, closed] = [await file("门禁坏了"), await file("门禁又好了")];
    expect((await act(resident, closed.id, "withdraw")).status).toBe(200);
    expect((await other.get(`/api/v1/requests/${open.id}`)).status).toBe(404);
    const { place: building } = (await server.client().get(`/api/v1/doors/${door}`)).json;
    const chain = (await admin.get(`/api/v1/places/${building.id}`)).json.chain;
    const estate = chain.find((one: any) => one.level === "estate");
    const there = (await other.get("/api/v1/me")).json.grants.find((one: any) => one.role === "grid_worker").place;
    const now = (await admin.get(`/api/v1/places/${estate.id}`)).json;
    const moved = await admin.patch(`/api/v1/places/${estate.id}`, { parent_id: there.id }, { "if-match": `"${now.version}"` });
    expect(moved.status, moved.text).toBe(200);
    expect((await other.get(`/api/v1/requests/${open.id}`)).status).toBe(200);
    expect((await other.get("/api/v1/requests?open=1")).json.items.map((one: any) => one.id)).toContain(open.id);
    expect((await other.get(`/api/v1/requests/${closed.id}`)).status).toBe(404);
    expect((await grid.get(`/api/v1/requests/${closed.id}`)).status).toBe(200);
    expect((await grid.get(`/api/v1/requests/${open.id}`)).json.relation).toBe("handler"); // it has to act until somebody passes it on
    expect((await desk.get(`/api/v1/requests/${open.id}`)).status).toBe(200);
  });
});
