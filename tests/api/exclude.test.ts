// SPDX-License-Identifier: MulanPSL-2.0
// Exclusion from the published rates: asked with a reason, decided by somebody else, each step in the timeline.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, demoPlace, engines } from "./harness";

const door = "DEM0DEM0DEM0DEM0";

describe.each(engines)("exclusion on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server, resident: Client, steward: Client, community: Client, id: string;
  beforeAll(async () => {
    server = await Server.start(place);
    resident = await server.resident("19900004101");
    steward = await server.become("steward");
    community = await server.become("community_worker");
    const item = (await resident.get("/api/v1/items")).json.items.find((one: any) => one.code === "repair.lamp").id;
    id = (await resident.post("/api/v1/requests", { item, door, words: "灯不亮" })).json.id;
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });
  const see = async (who: Client) => (await who.get(`/api/v1/requests/${id}`)).json;
  const act = async (who: Client, action: string, input: object = {}) => who.act(await see(who), action, input);
  const offers = async (who: Client, action: string) => (await see(who)).actions.some((one: any) => one.action === action);
  const listed = async (who: Client, query: string) => (await who.get(`/api/v1/requests?limit=100&${query}`)).json.items.some((one: any) => one.id === id);

  it("is asked for by who answers for the request, with a reason of the list and words", async () => {
    expect(await offers(steward, "ask_exclude")).toBe(true);
    expect(await offers(community, "ask_exclude")).toBe(false);
    expect((await act(steward, "ask_exclude", { note: "雪灾" })).json).toMatchObject({ status: 400, field: "reason" });
    expect((await act(steward, "ask_exclude", { note: "雪灾", reason: "mood" })).status).toBe(400);
    expect((await act(steward, "ask_exclude", { note: "雪灾", reason: "none" })).json.key).toBe("request.exclusion_reason_needed");
    expect((await act(steward, "ask_exclude", { reason: "beyond_us" })).json.key).toBe("flow.note_needed");
    const before = (await community.get("/api/v1/desk")).json.to_decide;
    const asked = await act(steward, "ask_exclude", { note: "雪灾封路", reason: "beyond_us" });
    expect(asked.status, asked.text).toBe(200);
    expect(asked.json).toMatchObject({ exclusion: "asked", exclusion_reason: "beyond_us" });
    expect((await community.get("/api/v1/desk")).json.to_decide).toBe(before + 1);
    expect(await listed(community, "to_decide=1")).toBe(true);
    expect(await listed(community, "exclusion=asked")).toBe(true);
    expect(await listed(community, "exclusion=excluded")).toBe(false);
  });

  it("is decided by an approver, never by who asked, nor by the resident; not from another community", async () => {
    expect(await offers(steward, "approve_exclude")).toBe(false);
    expect((await act(steward, "approve_exclude")).status).toBe(403);
    expect((await act(resident, "approve_exclude")).status).toBe(403);
    const other = await server.become("grid_worker_other");
    expect((await other.post(`/api/v1/requests/${id}/actions/approve_exclude`, {})).status).toBe(404);
    const done = await act(community, "approve_exclude", { note: "属实" });
    expect(done.status, done.text).toBe(200);
    expect(done.json.exclusion).toBe("excluded");
    expect(done.json.timeline.at(-1)).toMatchObject({ type: "request.excluded", reason: "beyond_us", note: "属实" });
    expect(await listed(community, "exclusion=excluded")).toBe(true);
    expect((await act(community, "approve_exclude")).json.key).toBe("request.exclusion_not_asked");
  });

  it("is taken back, and the log tells it all", async () => {
    expect((await act(community, "restore")).json.key).toBe("flow.note_needed");
    const back = await act(community, "restore", { note: "查无雪灾" });
    expect(back.json).toMatchObject({ exclusion: "none", exclusion_reason: "none" });
    const steps = (await see(resident)).timeline.map((one: any) => one.type);
    for (const step of ["request.asked_exclude", "request.excluded", "request.restored"]) expect(steps).toContain(step);
    const auditor = await server.become("auditor");
    const events = (await auditor.get(`/api/v1/events?subject_kind=request&subject=${id}&limit=100`)).json.items;
    const excluded = events.find((event: any) => event.type === "request.excluded");
    const data = typeof excluded.data === "string" ? JSON.parse(excluded.data) : excluded.data;
    expect(data.reason).toBe("beyond_us");
    expect(excluded.actor).toBeTruthy();
    expect(JSON.stringify(events)).not.toContain("雪灾");
    expect((await community.get("/api/v1/requests?exclusion=perhaps")).status).toBe(400);
  });
});
