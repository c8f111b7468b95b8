// SPDX-License-Identifier: MulanPSL-2.0
// Who is told of what, by which way; and that nothing is lost, doubled or sent out of turn when vendors fail, processes
// die, or two of them work side by side. The rule of waiting itself is tested by a turned clock in src/domain/notice.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Vendor, quietHours, until, vendorArgs } from "./doubles";
import { type Client, Server, engines, demoPlace } from "./harness";

const door = "DEM0DEM0DEM0DEM0";
const robotPath = "/cgi-bin/webhook/send";
const wxPath = "/cgi-bin/message/subscribe/send";

async function world(engine: (typeof engines)[number], quiet = quietHours(false)) {
  const place = demoPlace(engine);
  const vendor = await Vendor.start();
  const args = [...vendorArgs(place, vendor), "--notice-quiet", quiet];
  const server = await Server.start(place, args);
  const resident = await server.become("resident_li");
  const admin = await server.become("system_admin");
  const items = (await resident.get("/api/v1/items")).json.items;
  const item = items.find((i: any) => i.kind === "repair" && i.route_role === "steward" && !i.staff_verifies && i.unit !== "urgent_hour");
  return { place, vendor, args, server, resident, admin, item };
}
type World = Awaited<ReturnType<typeof world>>;

async function close(w: World): Promise<void> {
  expect(await w.server.stop()).toBe(0);
  await w.vendor.stop();
  w.place.remove();
}

const owners = new WeakMap<Server, Client>();
// The demo person who holds the owning post.
async function ownerOf(w: World, id: string): Promise<Client> {
  const known = owners.get(w.server);
  if (known) return known;
  for (const person of (await w.server.client().get("/api/v1/demo/people")).json.items.filter((p: any) => p.app === "worker")) {
    const client = await w.server.become(person.key);
    if (!(await client.get("/api/v1/worklist")).json?.items?.some((r: any) => r.id === id)) continue;
    owners.set(w.server, client);
    return client;
  }
  throw new Error("nobody has it on the list");
}

async function file(w: World, words = "灯不亮"): Promise<any> {
  const answer = await w.resident.post("/api/v1/requests", { item: w.item.id, door, words });
  expect(answer.status, answer.text).toBe(201);
  return answer.json;
}

// Filed and worked on: the resident is asked whether it is done.
async function handle(w: World): Promise<any> {
  const filed = await file(w);
  const worker = await ownerOf(w, filed.id);
  const seen = (await worker.get(`/api/v1/requests/${filed.id}`)).json;
  const signed = await worker.act(seen, "sign");
  expect(signed.status, signed.text).toBe(200);
  const done = await worker.act(signed.json, "finish", { note: "好了", without_photo: "屋里不便拍照" });
  expect(done.status, done.text).toBe(200);
  return done.json;
}

// What the clocks of the demo's older requests say comes when it comes: left out where the newest is looked at.
async function inbox(client: Client): Promise<any[]> {
  const { items } = (await client.get("/api/v1/me/notices?limit=100")).json;
  return items.filter((one: any) => !["request.notice_reminded", "request.notice_escalated"].includes(one.template));
}

// The first text of this kind that came to the gateway: no sign-in codes.
const texts = (w: World) => w.vendor.of("/sms").filter((call) => call.body.text !== undefined);

async function addRobot(w: World, key = "0123456789abcdef-robot"): Promise<any> {
  const found = (await w.admin.get("/api/v1/places?level=district")).json.items[0];
  const answer = await w.admin.post("/api/v1/robots", { place_id: found.id, key });
  expect(answer.status, answer.text).toBe(201);
  return answer.json;
}

const unsent = async (w: World, state: string): Promise<any[]> => (await w.admin.get(`/api/v1/notices?state=${state}&limit=100`)).json.items;

describe.each(engines)("notices on %s", (engine) => {
  let w: World;
  beforeAll(async () => {
    w = await world(engine);
  });
  afterAll(() => close(w));

  it("tells the holder at once, on the open stream and in the inbox, and can be marked as read", async () => {
    const first = await file(w);
    const worker = await ownerOf(w, first.id);
    const stream = await fetch(`${w.server.url}/api/v1/stream`, { headers: { authorization: `Bearer ${worker.token}` } });
    const reader = stream.body!.getReader();
    const before = (await worker.get("/api/v1/me/notices/unread")).json.unread;
    const filed = await file(w);
    let heard = "";
    while (!heard.includes("event: notice")) {
      const { value, done } = await reader.read();
      if (done) break;
      heard += new TextDecoder().decode(value);
    }
    await reader.cancel();
    expect(heard).toContain('"type":"notice.made"');
    const [newest] = await inbox(worker);
    expect(newest.about_id).toBe(filed.id);
    expect(newest.template).toBe("request.notice_dispatched");
    expect(newest.text).toContain("New work");
    worker.lang = "zh";
    expect((await inbox(worker))[0].text).toContain("新派单");
    worker.lang = "en";
    expect((await worker.get("/api/v1/me/notices/unread")).json.unread).toBeGreaterThan(before);
    expect((await worker.post("/api/v1/me/notices/read", { up_to: newest.id })).status).toBe(204);
    expect((await inbox(worker))[0].read_at).not.toBeNull();
    // Nobody else's inbox has it, and nobody else can mark it.
    expect((await inbox(w.resident)).some((n) => n.about_id === filed.id)).toBe(false);
  });

  it("pages the inbox, newest first", async () => {
    for (let i = 0; i < 3; i++) await file(w);
    const worker = await ownerOf(w, "");
    const first = (await worker.get("/api/v1/me/notices?limit=2")).json;
    const second = (await worker.get(`/api/v1/me/notices?limit=2&before=${first.next}`)).json;
    const pages = [...first.items, ...second.items].map((n: any) => n.id);
    const all = (await worker.get("/api/v1/me/notices?limit=100")).json.items.map((n: any) => n.id);
    const at = all.indexOf(pages[0]); // something may have come meanwhile
    expect(pages).toHaveLength(4);
    expect(pages).toEqual(all.slice(at, at + 4));
  });

  it("asks the reporter in the inbox; by text message only who allowed it", async () => {
    const first = await handle(w);
    const [asked] = await inbox(w.resident);
    expect([asked.template, asked.about_id]).toEqual(["request.notice_callback", first.id]);
    expect((await w.resident.get("/api/v1/me")).json.sms_notices).toBe(false);
    expect((await w.resident.patch("/api/v1/me", { sms_notices: true })).json.sms_notices).toBe(true);
    await handle(w);
    await until(() => texts(w).length > 0, "a text message");
    expect(texts(w)).toHaveLength(1);
    const [call] = texts(w);
    expect(call.body.phone).toMatch(/^1\d{10}$/);
    expect(call.body.text).toContain("办好了吗");
    expect(call.headers.authorization).toBe("Bearer a-secret-of-tests");
    expect(call.headers["idempotency-key"]).toMatch(/^[0-9A-Z]{14}$/);
    await w.resident.patch("/api/v1/me", { sms_notices: false });
  });

  it("is silent about what one did oneself, and tells of what others closed", async () => {
    const done = await handle(w);
    const before = (await inbox(w.resident)).length;
    const mine = (await w.resident.get(`/api/v1/requests/${done.id}`)).json;
    expect((await w.resident.act(mine, "confirm", {})).status).toBe(200);
    expect(await inbox(w.resident)).toHaveLength(before);
    const other = await handle(w);
    const desk = await w.server.become("community_worker");
    const seen = (await desk.get(`/api/v1/requests/${other.id}`)).json;
    const closed = await desk.act(seen, "confirm", {});
    expect(closed.status, closed.text).toBe(200);
    expect((await inbox(w.resident))[0].template).toBe("request.notice_closed");
  });

  it("has the group's robot say where and what, and nothing about who", async () => {
    const robot = await addRobot(w);
    expect(robot.key_end).toBe("obot");
    expect(JSON.stringify(robot)).not.toContain("0123456789abcdef");
    expect((await w.admin.post("/api/v1/robots", { place_id: robot.place.id, key: "another-key-0123456" })).json.key).toBe("notice.robot_there");
    expect((await w.admin.post("/api/v1/robots", { place_id: robot.place.id, key: "a/../b?c=d&e=f0000000" })).json.key).toBe("notice.bad_robot_key");
    await file(w, "我叫王小明住三单元");
    const [call] = await w.vendor.called(robotPath, 1);
    expect(call.query.get("key")).toBe("0123456789abcdef-robot");
    expect(call.body.msgtype).toBe("markdown");
    expect(call.body.markdown.content).toContain("新诉求");
    for (const secret of ["王小明", "单元", "栋"]) expect(call.body.markdown.content).not.toContain(secret);
    expect(w.server.log).not.toContain("0123456789abcdef");
  });

  it("shows what a robot's vendor refused, with the reason, and sends it again on demand", async () => {
    w.vendor.calls.length = 0;
    w.vendor.next(robotPath, { errcode: 93000 });
    await file(w);
    await until(async () => (await unsent(w, "dead")).length === 1, "a dead letter");
    const [dead] = await unsent(w, "dead");
    expect(dead.error).toBe("errcode 93000");
    expect(dead.reason).toContain("93000");
    expect(JSON.stringify(dead)).not.toContain("text\":");
    const [robot] = (await w.admin.get("/api/v1/robots")).json.items;
    expect(robot.error).toBe("errcode 93000");
    await file(w); // out of order: it gets nothing more
    expect(await unsent(w, "waiting")).toEqual([]);
    const again = await w.admin.post(`/api/v1/notices/${dead.id}/retry`, {});
    expect(again.json.state).toBe("waiting");
    expect((await w.admin.post(`/api/v1/notices/${dead.id}/retry`, {})).status).toBe(409);
    await w.vendor.called(robotPath, 2);
    await until(async () => (await w.admin.get("/api/v1/robots")).json.items[0].error === "", "the robot in order again");
  });

  it.each([
    ["busy", { errcode: -1 }], ["unheard of", { errcode: 99999 }], ["not JSON", { text: "<html>" }], ["an array", { text: "[]" }],
    ["a code that is text", { text: '{"errcode":"0"}' }], ["500", { status: 500 }], ["503 with Retry-After", { status: 503, headers: { "retry-after": "1" } }],
    ["too many", { status: 429, headers: { "retry-after": "1" } }], ["hung up", "hang_up"], ["never answered", "silence"],
  ] as const)("loses nothing when the robot's vendor is %s", async (_name, reply) => {
    w.vendor.calls.length = 0;
    const [last] = (await w.admin.get("/api/v1/robots")).json.items;
    await w.admin.send("DELETE", `/api/v1/robots/${last.id}`);
    const robot = await addRobot(w); // a rested one
    w.vendor.next(robotPath, reply);
    expect((await w.admin.post(`/api/v1/robots/${robot.id}/test`, {})).status).toBe(204);
    await w.vendor.called(robotPath, 2);
    await until(async () => (await unsent(w, "waiting")).length === 0 && (await unsent(w, "sending")).length === 0, "nothing waiting");
    expect(await unsent(w, "dead")).toEqual([]);
  });

  it("takes a robot away", async () => {
    const [robot] = (await w.admin.get("/api/v1/robots")).json.items;
    expect((await w.admin.send("DELETE", `/api/v1/robots/${robot.id}`)).status).toBe(204);
    expect((await w.admin.send("DELETE", `/api/v1/robots/${robot.id}`)).json.key).toBe("notice.no_robot");
    expect((await w.admin.get("/api/v1/robots")).json.items).toEqual([]);
    const ways = (await w.admin.get("/api/v1/notice-channels")).json.items;
    expect(ways.map((way: any) => [way.channel, way.on, way.error])).toEqual([["sms", true, ""], ["wecom", true, ""], ["wechat", true, ""]]);
  });

  it("sends one WeChat message for one consent, however many are due at once", async () => {
    w.vendor.calls.length = 0;
    expect((await w.resident.post("/api/v1/me/notices/consents", { template: "request.notice_callback" })).json.key).toBe("notice.code_needed");
    expect((await w.resident.post("/api/v1/me/notices/consents", { template: "unheard.of", code: "c" })).json.key).toBe("notice.no_template");
    w.vendor.next("/sns/jscode2session", { errcode: 40029 });
    expect((await w.resident.post("/api/v1/me/notices/consents", { template: "request.notice_callback", code: "used" })).json.key).toBe("notice.code_wrong");
    const agreed = await w.resident.post("/api/v1/me/notices/consents", { template: "request.notice_callback", code: "code-1" });
    expect([agreed.status, agreed.json.count]).toEqual([201, 1]);
    await Promise.all(Array.from({ length: 4 }, () => handle(w)));
    const [call] = await w.vendor.called(wxPath, 1);
    expect(call.body.touser).toBe("openid-of-code-1");
    expect(call.body.template_id).toBe("TPL-CALLBACK");
    expect(Object.keys(call.body.data)).toEqual(["thing1", "time2"]);
    expect(call.query.get("access_token")).toBe("token-1");
    await until(async () => (await unsent(w, "waiting")).length === 0, "nothing waiting");
    expect(w.vendor.of(wxPath)).toHaveLength(1);
    expect((await w.resident.get("/api/v1/me/notices/consents")).json.items).toEqual([{ template: "request.notice_callback", count: 0 }]);
    for (const secret of ["a-secret-of-tests", "token-1", "openid-of"]) expect(w.server.log).not.toContain(secret);
  });

  it("fetches the token once more when WeChat refuses it, and gives up on what can never go", async () => {
    w.vendor.calls.length = 0;
    const agree = () => w.resident.post("/api/v1/me/notices/consents", { template: "request.notice_callback" });
    expect((await agree()).json.count).toBe(1);
    w.vendor.next(wxPath, { errcode: 42001 });
    await handle(w);
    const calls = await w.vendor.called(wxPath, 2);
    expect(calls[0].query.get("access_token")).not.toBe(calls[1].query.get("access_token"));
    await agree();
    w.vendor.next(wxPath, { errcode: 47003 });
    await handle(w);
    await until(async () => (await unsent(w, "dead")).length === 1, "a dead letter");
    expect((await unsent(w, "dead"))[0]).toMatchObject({ channel: "wechat", error: "errcode 47003" });
    expect((await w.resident.get("/api/v1/me/notices/consents")).json.items[0].count).toBe(1); // it was not used up
    w.vendor.next(wxPath, { errcode: 43101 });
    await handle(w);
    await until(async () => (await unsent(w, "dropped")).some((n) => n.error === "errcode 43101"), "a message that nobody wants");
    expect((await w.resident.get("/api/v1/me/notices/consents")).json.items[0].count).toBe(0);
  });

  it("keeps the order of one person's messages while the gateway fails", async () => {
    await w.resident.patch("/api/v1/me", { sms_notices: true });
    w.vendor.calls.length = 0;
    w.vendor.next("/sms", { status: 503, headers: { "retry-after": "1" } }, "hang_up", { text: "fine" }, { status: 500 });
    for (let i = 0; i < 4; i++) await handle(w);
    await until(async () => new Set(texts(w).map((c) => c.headers["idempotency-key"])).size === 4 && (await unsent(w, "waiting")).length === 0, "four messages");
    const keys = texts(w).map((call) => String(call.headers["idempotency-key"]));
    expect([...keys].sort()).toEqual(keys); // ids grow with time; a repetition bears the id of the first try
    await w.resident.patch("/api/v1/me", { sms_notices: false });
  });

  it("gives a person everything that is kept of these, and erases it with the account", async () => {
    const own = (await w.resident.get("/api/v1/me/data")).json;
    expect(own.notices.length).toBeGreaterThan(3);
    expect(own.wechat_consents).toHaveLength(1);
    expect((await w.resident.send("DELETE", "/api/v1/me")).status).toBe(204);
    expect(await unsent(w, "waiting")).toEqual([]);
  });
});

describe.each(engines)("notices at night on %s", (engine) => {
  it("wait for the morning, but for what is urgent", async () => {
    const w = await world(engine, quietHours(true));
    const robot = await addRobot(w);
    const filed = await file(w, "不急");
    await w.admin.post(`/api/v1/robots/${robot.id}/test`, {}); // somebody stands there and waits for it
    const [call] = await w.vendor.called(robotPath, 1);
    expect(call.body.markdown.content).toContain("机器人已接通");
    const waiting = await unsent(w, "waiting");
    expect(waiting).toHaveLength(1);
    expect(Date.parse(waiting[0].not_before)).toBeGreaterThan(Date.now() + 3600_000);
    expect((await inbox(await ownerOf(w, filed.id))).length).toBeGreaterThan(0); // the inbox wakes nobody
    await close(w);
  });
});

describe.each(engines)("notices and dying processes on %s", (engine) => {
  it("go out again under the same id when the process dies between sending and noting it", async () => {
    const w = await world(engine);
    await w.resident.patch("/api/v1/me", { sms_notices: true });
    w.vendor.next("/sms", "silence");
    await handle(w);
    await until(() => texts(w).length === 1, "the first try");
    await w.server.stop("SIGKILL");
    w.server = await Server.start(w.place, w.args);
    await until(() => texts(w).length === 2, "the second try, when the dead process's minute is over", 300);
    const [first, second] = texts(w);
    expect(second.headers["idempotency-key"]).toBe(first.headers["idempotency-key"]);
    expect(second.body).toEqual(first.body);
    w.admin = await w.server.become("system_admin");
    await until(async () => (await unsent(w, "sending")).length === 0, "it is settled");
    expect(texts(w)).toHaveLength(2);
    await close(w);
  });
});

describe.runIf(engines.includes("postgresql"))("two processes on postgresql", () => {
  it("never send the same notice both", async () => {
    const w = await world("postgresql");
    const second = await Server.start(w.place, w.args);
    await w.resident.patch("/api/v1/me", { sms_notices: true });
    for (let i = 0; i < 12; i++) await handle(w);
    await until(() => texts(w).length >= 12, "twelve messages");
    await until(async () => (await unsent(w, "waiting")).length === 0, "nothing waiting");
    const keys = texts(w).map((call) => call.headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toHaveLength(12);
    expect(await second.stop()).toBe(0);
    await close(w);
  });
});
