// SPDX-License-Identifier: MulanPSL-2.0
// Mediation from outside: a case from paper to agreement; who sees nothing of it on any route, list, stream or file; two
// at once; what is public.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type Client, Server, demoPlace, engines } from "./harness";
import { pngPixels } from "./pictures";

const NAMES = ["欧阳甲方", "司徒乙方"];
const SECRETS = [...NAMES, "13911110001", "夜里拖动家具的声音", "双方同意铺地毯", "九点以后不拖家具", "铺三毫米厚地毯"];
const outsiders = ["resident_wang", "resident_li", "steward", "steward_other", "grid_worker", "grid_worker_other", "district_leader", "unit_property", "system_admin", "security_admin", "auditor"];

describe.each(engines)("mediation on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server, desk: Client, mediator: Client, second: Client, community: string;
  beforeAll(async () => {
    server = await Server.start(place);
    desk = await server.become("community_worker");
    mediator = await server.resident("19900008001");
    second = await server.resident("19900008002");
    community = (await desk.get("/api/v1/me")).json.grants.find((g: any) => g.role === "community").place.id;
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });

  const ok = (answer: Answer, status = 200) => {
    expect(answer.status, answer.text).toBe(status);
    return answer.json;
  };
  const act = (who: Client, id: string, action: string, body: object = {}) => who.post(`/api/v1/disputes/${id}/actions/${action}`, body);
  const open = async () => ok(await desk.post("/api/v1/disputes", { category: "noise", place_id: community, words: "夜里拖动家具的声音", source: "phone" }), 201);
  async function atTable(mediators: [Client, string][]): Promise<any> {
    let one = await open();
    one = ok(await act(desk, one.id, "add_party", { side: "applicant", name: NAMES[0], phone: "139 1111 0001", door: "2单元301" }));
    one = ok(await act(desk, one.id, "add_party", { side: "respondent", name: NAMES[1] }));
    for (const party of one.parties) ok(await act(desk, one.id, "consent", { party_id: party.id, consent: "given" }));
    for (const [, phone] of mediators) ok(await act(desk, one.id, "propose", { phone }));
    ok(await act(desk, one.id, "accept"));
    for (const [client] of mediators) ok(await act(client, one.id, "take_on", { no_tie: true }));
    return ok(await act(mediators[0][0], one.id, "plan_session", { planned_at: new Date(Date.now() + 3_600_000).toISOString(), room: "社区调解室" }));
  }
  async function signed(one: any, media: string[] = []): Promise<void> {
    ok(await act(mediator, one.id, "hold_session", { session_id: one.sessions[0].id, present: one.parties.map((p: any) => p.id), outcome: "agreed", minutes: "双方同意铺地毯" }));
    ok(await act(mediator, one.id, "write_agreement", { text: "九点以后不拖家具" }));
    ok(await act(mediator, one.id, "add_term", { text: "铺三毫米厚地毯", due_at: new Date(Date.now() + 9 * 86_400_000).toISOString() }));
    for (const [at, party] of one.parties.entries())
      ok(await act(mediator, one.id, "sign", { party_id: party.id, signed_name: NAMES[at], signed_on: new Date().toISOString(), media: at ? [] : media }));
  }
  const one: [Client, string][] = [], both: [Client, string][] = [];
  beforeAll(() => {
    one.push([mediator, "19900008001"]);
    both.push([mediator, "19900008001"], [second, "19900008002"]);
  });

  it("goes from a telephone call to an agreement with visits, and shows names masked and no words", async () => {
    const seen = await atTable(one);
    expect(seen.state).toBe("mediating");
    expect(seen.parties.map((p: any) => p.name)).toEqual(["欧***", "司***"]);
    await signed(seen);
    const agreed = ok(await act(mediator, seen.id, "agree", { referral: "judicial" }));
    expect(agreed.state).toBe("agreed");
    expect(agreed.visits.length).toBe(3);
    for (const secret of SECRETS) expect(agreed.timeline && JSON.stringify(agreed)).not.toContain(secret);
    for (const client of [desk, mediator]) {
      const text = (await client.get(`/api/v1/disputes/${seen.id}`)).text;
      for (const secret of SECRETS) expect(text).not.toContain(secret);
    }
  });

  it("opens a part in clear with a reason, and that is an event", async () => {
    const seen = await atTable(one);
    await signed(seen);
    const read = (who: Client, body: object) => who.post(`/api/v1/disputes/${seen.id}/read`, body);
    expect((await read(mediator, { part: "parties" })).status).toBe(400);
    const parties = await read(mediator, { part: "parties", reason: "准备调解" });
    expect(ok(parties).parties.map((p: any) => p.name)).toEqual(NAMES);
    expect(parties.headers.get("cache-control")).toBe("no-store");
    expect(ok(await read(desk, { part: "words", reason: "核对" })).text).toBe("夜里拖动家具的声音");
    expect(ok(await read(desk, { part: "session", of: seen.sessions[0].id, reason: "核对" })).text).toBe("双方同意铺地毯");
    const agreement = ok(await read(desk, { part: "agreement", reason: "打印" }));
    expect(agreement.text).toBe("九点以后不拖家具");
    expect(agreement.terms[0].text).toBe("铺三毫米厚地毯");
    expect(agreement.parties.map((p: any) => p.signed_name)).toEqual(NAMES);
    const steps = ok(await desk.get(`/api/v1/disputes/${seen.id}`)).timeline.filter((s: any) => s.type === "personal.read");
    expect(steps.length).toBe(4);
    expect(ok(await read(desk, { part: "note", of: steps[0].id, reason: "看为什么" })).text).toBe("准备调解");
  });

  it("is not there for anybody outside the room: page, steps, reading, paper, lists, log", async () => {
    const scan = ok(await mediator.upload("/api/v1/media", pngPixels(64, 64), "p.png", "image/png", { purpose: "report" }), 201);
    const seen = await atTable(one);
    await signed(seen, [scan.id]);
    expect((await desk.get(`/api/v1/media/${scan.id}`)).status).toBe(200);
    const actions = ["add_party", "consent", "propose", "take_on", "object", "plan_session", "hold_session", "write_agreement", "sign", "agree", "fail", "withdraw", "extend", "visit_kept", "close", "note", "remind", "escalate", "nothing"];
    const stranger = await server.resident("19900008003");
    const people = [...(await Promise.all(outsiders.map(async (key) => [key, await server.become(key)] as const))), ["stranger", stranger] as const];
    for (const [key, who] of people) {
      expect((await who.get(`/api/v1/disputes/${seen.id}`)).status, key).toBe(404);
      expect((await who.post(`/api/v1/disputes/${seen.id}/read`, { part: "words", reason: "好奇" })).status, key).toBe(404);
      expect([403, 404], key).toContain((await who.get(`/api/v1/media/${scan.id}`)).status);
      expect([403, 404], key).toContain((await who.get(`/api/v1/media/${scan.id}/thumb`)).status);
      for (const action of actions) expect((await act(who, seen.id, action, { note: "x" })).status, `${key} ${action}`).toBe(404);
      for (const path of ["/api/v1/disputes?limit=100", "/api/v1/requests?limit=100", "/api/v1/requests.csv", "/api/v1/worklist", "/api/v1/desk", "/api/v1/me/data", "/api/v1/me/notices", `/api/v1/requests?q=${encodeURIComponent("拖动家具")}`]) {
        const answer = await who.get(path);
        expect(answer.text, `${key} ${path}`).not.toContain(seen.id);
        for (const secret of SECRETS) expect(answer.text, `${key} ${path}`).not.toContain(secret);
      }
    }
    for (const path of ["/api/v1/wall?door=DEM0DEM0DEM0DEM0", "/open311/v2/requests.json", "/api/v1/disputes/counts"])
      expect((await server.client().get(path)).text, path).not.toContain(seen.id);
    expect((await server.client().get(`/api/v1/disputes/${seen.id}`)).status).toBe(401);
    const events = await (await server.become("auditor")).get("/api/v1/events?limit=100");
    for (const secret of SECRETS) expect(events.text).not.toContain(secret);
  });

  it("shows the sub-district number, category, state and clock, and nothing else", async () => {
    const seen = await atTable(one);
    const above = await server.become("subdistrict_staff");
    const outline = ok(await above.get(`/api/v1/disputes/${seen.id}`));
    expect(Object.keys(outline).sort()).toEqual(
      ["category", "clock", "clock_from", "due_at", "escalated_to", "id", "level", "open", "opened_at", "overdue", "relation", "state", "state_en", "state_zh", "version"].sort(),
    );
    expect(outline.relation).toBe("overseer");
    expect((await above.post(`/api/v1/disputes/${seen.id}/read`, { part: "words", reason: "核对" })).status).toBe(403);
    expect((await act(above, seen.id, "note", { note: "x" })).status).toBe(403);
    expect(ok(await above.get("/api/v1/disputes?limit=100")).items.map((d: any) => d.id)).toContain(seen.id);
  });

  it("lets who is asked see the parties and no more, and who declines nothing any more", async () => {
    let opened = await open();
    opened = ok(await act(desk, opened.id, "add_party", { side: "applicant", name: NAMES[0], phone: "13911110001" }));
    ok(await act(desk, opened.id, "propose", { phone: "19900008002" }));
    const asked = ok(await second.get(`/api/v1/disputes/${opened.id}`));
    expect(asked.parties[0].name).toBe("欧***");
    for (const hidden of ["timeline", "sessions", "agreements", "visits", "request_id"]) expect(asked[hidden], hidden).toBeUndefined();
    expect(asked.parties[0].phone).toBeUndefined();
    const read = (part: string) => second.post(`/api/v1/disputes/${opened.id}/read`, { part, reason: "看有没有利害关系" });
    const clear = ok(await read("parties"));
    expect(clear.parties[0].name).toBe(NAMES[0]);
    expect(clear.parties[0].phone).toBeUndefined();
    expect((await read("words")).status).toBe(403);
    ok(await act(second, opened.id, "decline_role"));
    expect((await second.get(`/api/v1/disputes/${opened.id}`)).status).toBe(404);
  });

  it("tells live streams of the room only", async () => {
    const seen = await atTable(one);
    const streams = await Promise.all(
      [mediator, await server.become("grid_worker"), await server.become("steward"), await server.become("subdistrict_staff"), await server.become("district_leader")].map(async (who) => {
        const stop = new AbortController();
        const response = await fetch(`${server.url}/api/v1/stream`, { headers: { authorization: `Bearer ${who.token}` }, signal: stop.signal });
        const heard = { text: "", stop };
        void (async () => {
          for await (const chunk of response.body as any) heard.text += Buffer.from(chunk).toString();
        })().catch(() => undefined);
        return heard;
      }),
    );
    ok(await act(desk, seen.id, "note", { note: "悄悄话" }));
    for (let i = 0; i < 200 && !streams[0].text.includes(seen.id); i++) await new Promise((r) => setTimeout(r, 50));
    expect(streams[0].text).toContain(seen.id);
    expect(streams[0].text).not.toContain("悄悄话");
    for (const other of streams.slice(1)) expect(other.text).not.toContain(seen.id);
    for (const one of streams) one.stop.abort();
  });

  it("of two mediators who close at once, one does", async () => {
    for (let round = 0; round < 4; round++) {
      const seen = await atTable(both);
      await signed(seen);
      const answers = await Promise.all([act(mediator, seen.id, "agree"), act(second, seen.id, round % 2 ? "agree" : "fail", round % 2 ? {} : { referral: "court", note: "谈不拢" })]);
      expect(answers.map((a) => a.status).filter((s) => s === 200).length, answers.map((a) => a.text).join()).toBe(1);
      for (const answer of answers) expect([200, 409, 412]).toContain(answer.status);
      const after = ok(await desk.get(`/api/v1/disputes/${seen.id}`));
      expect(after.timeline.filter((s: any) => ["dispute.agreed", "dispute.failed"].includes(s.type)).length).toBe(1);
    }
  });

  it("an agreement against an objection: one comes first, and the other is refused or has no effect", async () => {
    for (let round = 0; round < 4; round++) {
      const seen = await atTable(one);
      await signed(seen);
      const me = seen.mediators[0].person_id;
      const [agree, object] = await Promise.all([act(mediator, seen.id, "agree"), act(desk, seen.id, "object", { party_id: seen.parties[0].id, person_id: me, note: "是对方同事" })]);
      const after = ok(await desk.get(`/api/v1/disputes/${seen.id}`));
      if (after.state === "agreed") {
        expect(agree.status).toBe(200);
        expect([409, 412]).toContain(object.status);
        expect(after.mediators[0].standing).toBe("accepted");
      } else {
        expect(after.state).toBe("mediating");
        expect(object.status).toBe(200);
        expect([404, 409, 412]).toContain(agree.status);
        expect(after.mediators[0].standing).toBe("objected");
      }
    }
  });

  it("follows a request of kind dispute: signed for when opened, finished when mediation ends, one case each", async () => {
    const resident = await server.resident("19900008004");
    const item = (await resident.get("/api/v1/items")).json.items.find((i: any) => i.kind === "dispute").id;
    const asked = ok(await resident.post("/api/v1/requests", { item, door: "DEM0DEM0DEM0DEM0", words: "夜里拖动家具的声音" }), 201);
    const opened = ok(await desk.post("/api/v1/disputes", { category: "noise", request_id: asked.id }), 201);
    expect(opened.request_id).toBe(asked.id);
    expect((await desk.post("/api/v1/disputes", { category: "noise", request_id: asked.id })).status).toBe(409);
    const before = ok(await desk.get(`/api/v1/requests/${asked.id}`)).state;
    ok(await act(desk, opened.id, "withdraw", { note: "和好了" }));
    const after = ok(await desk.get(`/api/v1/requests/${asked.id}`)).state;
    if (before === "in_progress") expect(["handled", "callback"]).toContain(after);
    else expect(after).toBe(before); // it lay with somebody else, who finishes it
  });

  it("refuses what is not the desk's to open", async () => {
    expect((await mediator.post("/api/v1/disputes", { category: "noise", place_id: community, words: "x" })).status).toBe(403);
    const all = ok(await server.client().get("/api/v1/site"));
    expect(all).toBeTruthy();
    expect((await desk.post("/api/v1/disputes", { category: "noise", words: "x" })).status).toBe(400);
    expect((await desk.post("/api/v1/disputes", { category: "noise", place_id: community })).json.key).toBe("dispute.no_words");
    expect((await desk.post("/api/v1/disputes", { category: "moods", place_id: community, words: "x" })).status).toBe(400);
    const district = ok(await desk.get("/api/v1/places?level=district")).items[0].id;
    expect((await desk.post("/api/v1/disputes", { category: "noise", place_id: district, words: "x" })).json.key).toBe("dispute.not_your_area");
  });

  it("publishes quarters that are over, with nothing below five, and takes no other period", async () => {
    const nobody = server.client();
    const counts = ok(await nobody.get("/api/v1/disputes/counts"));
    expect(counts.minimum).toBe(5);
    expect(counts.period).toBe(counts.latest);
    expect(new Date(counts.to).getTime()).toBeLessThanOrEqual(Date.now());
    const numbers = (table: any) => [...table.cells, table.total, ...[...table.by_category, ...table.by_place].flatMap((row: any) => [...row.cells, row.total])];
    for (const table of [counts.ended, counts.opened]) for (const number of numbers(table)) expect(number === null || number >= 5).toBe(true);
    for (const period of ["2026", "2026Q5", "2026-11", "x".repeat(500)]) expect((await nobody.get(`/api/v1/disputes/counts?period=${period}`)).status, period).toBe(400);
    const now = new Date(Date.now() + 8 * 3_600_000);
    expect((await nobody.get(`/api/v1/disputes/counts?period=${now.getUTCFullYear()}Q${Math.floor(now.getUTCMonth() / 3) + 1}`)).json.key).toBe("dispute.period_runs");
  });

  it("exports to the desk only, with a reason, as an event", async () => {
    const seen = await atTable(one);
    expect((await desk.post("/api/v1/disputes/export", {})).status).toBe(400);
    const file = await desk.post("/api/v1/disputes/export", { reason: "季度归档" });
    expect(file.status).toBe(200);
    expect(file.headers.get("content-type")).toContain("text/csv");
    expect(file.text).toContain(seen.id);
    for (const key of [...outsiders, "subdistrict_staff"]) expect((await (await server.become(key)).post("/api/v1/disputes/export", { reason: "好奇" })).status, key).toBe(403);
    const told = await (await server.become("auditor")).get("/api/v1/events?type=export.made&limit=5");
    expect(told.text).toContain("disputes.csv");
  });

  it.runIf(engine === "sqlite")("keeps nothing of it readable in the file of the store", () => {
    const folder = join(place.dir, "data");
    for (const name of readdirSync(folder).filter((n) => /\.db/.test(n))) {
      const bytes = readFileSync(join(folder, name));
      for (const secret of SECRETS) expect(bytes.includes(Buffer.from(secret)), `${name}: ${secret}`).toBe(false);
    }
  });
});
