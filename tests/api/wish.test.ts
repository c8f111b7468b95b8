// SPDX-License-Identifier: MulanPSL-2.0
// A wish from outside: approved, on the wall, claimed by one of two at once, brought and confirmed; and nothing of who
// wishes in any public answer.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, demoPlace, engines } from "./harness";

const door = "DEM0DEM0DEM0DEM0";
const text = "一位老人想学视频通话，盼一位有耐心的年轻人。";
const personal = { words: "记号七七 我住二楼想学视频", contact_name: "记号阿姨", contact_phone: "13712345678", door_number: "记号单元9097713" };
const marks = ["记号", "13712345678", "9097713"];

describe.each(engines)("wishes on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  beforeAll(async () => {
    server = await Server.start(place);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    place.remove();
  });

  async function file(who: Client, more: Record<string, unknown>): Promise<any> {
    const item = (await who.get("/api/v1/items")).json.items.find((i: any) => i.kind === "wish");
    const answer = await who.post("/api/v1/requests", { item: item.id, door, ...personal, ...more });
    expect(answer.status, answer.text).toBe(201);
    return answer.json;
  }
  async function approve(wish: any): Promise<void> {
    const desk = await server.become("community_worker");
    const seen = (await desk.get(`/api/v1/requests/${wish.id}`)).json;
    expect(seen.words).toContain("记号七七");
    const answer = await desk.act(seen, "approve", { text, no_personal_data: true });
    expect(answer.status, answer.text).toBe(200);
  }
  async function publicAnswers(): Promise<string> {
    const nobody = server.client();
    const paths = [`/api/v1/wishes?limit=100`, `/api/v1/wishes?door=${door}`, `/api/v1/wishes/summary`, `/api/v1/wall?door=${door}&limit=100`,
      `/api/v1/wall/summary?door=${door}`, `/api/v1/doors/${door}`, "/open311/v2/requests.json", "/open311/v2/requests.xml", "/api/v1/site", "/api/v1/items"];
    let all = "";
    for (const path of paths) {
      const answer = await nobody.get(path);
      expect(answer.status, path).toBe(200);
      all += answer.text;
    }
    return all;
  }

  it("shows the approved text and nothing that came from the wisher", async () => {
    const wisher = await server.resident("19900002001");
    const wish = await file(wisher, { share_contact: true });
    expect(wish.state).toBe("in_review");
    expect(await publicAnswers()).not.toContain(text);
    await approve(wish);
    const all = await publicAnswers();
    expect(all).toContain(text);
    for (const mark of marks) expect(all).not.toContain(mark);
  });

  it("has one claimant of two; the other hears of a neighbour; contact only as agreed; thanks at the end", async () => {
    const wisher = await server.resident("19900002002");
    const [one, two] = [await server.resident("19900002003"), await server.resident("19900002004")];
    const wish = await file(wisher, { share_contact: true });
    expect((await one.post(`/api/v1/wishes/${wish.id}/claim`, {})).status).toBe(404); // not approved: not there
    await approve(wish);
    const answers = await Promise.all([one, two].map((who) => who.post(`/api/v1/wishes/${wish.id}/claim`, {})));
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
    const lost = answers.find((a) => a.status === 409)!;
    expect(lost.json.key).toBe("request.claimed_already");
    expect(lost.json.args[0]).toBe("A neighbour");
    const [claimant, other] = answers[0].status === 200 ? [one, two] : [two, one];
    const claim = await claimant.get(`/api/v1/claims/${wish.id}`);
    for (const mark of marks) expect(claim.text).not.toContain(mark);
    expect((await claimant.get(`/api/v1/requests/${wish.id}`)).status).toBe(404);
    expect((await other.post(`/api/v1/claims/${wish.id}/contact`, { reason: "看看" })).status).toBe(404);
    const contact = await claimant.post(`/api/v1/claims/${wish.id}/contact`, { reason: "送心愿" });
    expect(contact.json.contact_phone).toBe(personal.contact_phone);
    const brought = await claimant.post(`/api/v1/claims/${wish.id}/actions/deliver`, { note: "教会了", without_photo: "在屋里" });
    expect(brought.status, brought.text).toBe(200);
    let mine = (await wisher.get(`/api/v1/requests/${wish.id}`)).json;
    expect(mine.state).toBe("fulfilled");
    const done = await wisher.act(mine, "confirm", { note: "谢谢这位邻居" });
    expect(done.json.state).toBe("confirmed");
    mine = (await wisher.get(`/api/v1/requests/${wish.id}`)).json;
    expect(mine.timeline.map((t: any) => t.type)).toContain("personal.read");
    expect((await claimant.get(`/api/v1/claims/${wish.id}`)).json.thanks).toBe("谢谢这位邻居");
  });

  it("never shows a private wish", async () => {
    const wisher = await server.resident("19900002005");
    const wish = await file(wisher, { is_private: true });
    expect(wish.state).toBe("dispatched");
    const stranger = await server.resident("19900002006");
    expect((await stranger.post(`/api/v1/wishes/${wish.id}/claim`, {})).status).toBe(404);
    expect(await publicAnswers()).not.toContain(wish.id);
  });

  it("lets the administrator say what a team does, and asks it of teams alone", async () => {
    const admin = await server.become("system_admin");
    const orgs = (await admin.get("/api/v1/orgs?level=team")).json.items;
    const team = await admin.patch(`/api/v1/orgs/${orgs[0].id}`, { books: false, duty_hours: "周六 9:00–12:00" });
    expect(team.json).toMatchObject({ name: orgs[0].name, helps: orgs[0].helps, books: false, duty_hours: "周六 9:00–12:00" });
    const committee = (await admin.get("/api/v1/orgs?level=work_committee")).json.items[0];
    const refused = await admin.patch(`/api/v1/orgs/${committee.id}`, { runs: true });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("runs");
  });
  it("offers an errand to the team, which takes it once", async () => {
    const asker = await server.resident("19900002007");
    const item = (await asker.get("/api/v1/items")).json.items.find((i: any) => i.kind === "errand" && !i.private_always && !i.route_org_id);
    const filed = await asker.post("/api/v1/requests", { item: item.id, door, words: "帮取一下快递" });
    expect(filed.json.state, filed.text).toBe("unclaimed");
    const team = await server.become("team_runner");
    const offers = (await team.get("/api/v1/offers")).json;
    expect(offers.items.map((o: any) => o.id)).toContain(filed.json.id);
    const taken = await team.post(`/api/v1/offers/${filed.json.id}/claim`, {});
    expect(taken.json.state, taken.text).toBe("in_progress");
    expect((await team.post(`/api/v1/offers/${filed.json.id}/claim`, {})).status).toBe(409);
  });
});
