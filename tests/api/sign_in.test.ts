// SPDX-License-Identifier: MulanPSL-2.0
// Signing in: residents by phone and code after the notice, staff by password and TOTP, administrators kept apart.
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Server, demoPlace, engines, freshPlace, linli } from "./harness";

function base32(text: string): Buffer {
  let bits = "";
  for (const c of text.replace(/=+$/, "")) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((b) => parseInt(b, 2)));
}

export function totp(secret: string, step = Math.floor(Date.now() / 30000)): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", base32(secret)).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

describe.each(engines)("signing in on %s, outside the demo", (engine) => {
  const place = freshPlace(engine);
  let server: Server;
  let password = "", secret = "";
  beforeAll(async () => {
    const made = linli(["admin", "--role", "system", "--login", "sysadmin", "--no-demo", ...place.args]);
    expect(made.status, made.stderr).toBe(0);
    password = /^password\s+(\S+)/m.exec(made.stdout)![1];
    secret = /^totp\s+(\S+)/m.exec(made.stdout)![1];
    server = await Server.start(place, ["--no-demo"]);
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });

  it("has no demo: no people to become, no code in the log", async () => {
    expect((await server.client().get("/api/v1/site")).json.demo).toBe(false);
    expect((await server.client().get("/api/v1/demo/people")).status).toBe(404);
    expect((await server.client().post("/api/v1/demo/become", { key: "resident_wang" })).status).toBe(404);
    const site = (await server.client().get("/api/v1/site")).json;
    const asked = await server.client().post("/api/v1/auth/code", { phone: "19900005555", consent_version: site.consent_version });
    expect(asked.status).toBe(503); // no gateway: said, not pretended
    expect(server.log).not.toMatch(/\d{6}\b.*code|code.*\b\d{6}\b/);
  });

  it("takes password and TOTP together, never one alone, a TOTP once only", async () => {
    const sign = (body: object) => server.client().post("/api/v1/auth/staff", body);
    expect((await sign({ login: "sysadmin", password, totp: "" })).status).toBe(403);
    expect((await sign({ login: "sysadmin", password })).json.key).toBe("account.totp_needed");
    const code = totp(secret);
    const signed = await sign({ login: "sysadmin", password, totp: code });
    expect(signed.status, signed.text).toBe(200);
    const cookie = signed.headers.get("set-cookie")!;
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect((await sign({ login: "sysadmin", password, totp: code })).status).not.toBe(200);
    const client = server.client(signed.json.token);
    expect((await client.get("/api/v1/me")).status).toBe(200);
    expect((await client.post("/api/v1/auth/logout", {})).status).toBe(204);
    expect((await client.get("/api/v1/me")).status).toBe(401);
  });

  it("locks after five failures, for the right password too", async () => {
    const made = linli(["admin", "--role", "audit", "--login", "auditor1", "--no-demo", ...place.args]);
    const right = /^password\s+(\S+)/m.exec(made.stdout)![1], key = /^totp\s+(\S+)/m.exec(made.stdout)![1];
    for (let i = 0; i < 5; i++)
      expect([401, 423]).toContain((await server.client().post("/api/v1/auth/staff", { login: "auditor1", password: "wrong-password-1", totp: totp(key) })).status);
    const locked = await server.client().post("/api/v1/auth/staff", { login: "auditor1", password: right, totp: totp(key) });
    expect(locked.status).toBe(423);
    expect(locked.json.key).toBe("account.locked");
  });

  it("says the same of an unknown login as of a wrong password", async () => {
    const a = await server.client().post("/api/v1/auth/staff", { login: "nobody-here", password: "some-password-1", totp: "123456" });
    const b = await server.client().post("/api/v1/auth/staff", { login: "sysadmin", password: "some-password-1", totp: "123456" });
    expect(a.status).toBe(401);
    expect([a.status, a.json.key, a.json.title]).toEqual([b.status, b.json.key, b.json.title]);
  });

  it("gives a new member of staff half of the secrets from each of two administrators, and an administrator's only on the machine", async () => {
    const secrets = (text: string) => ({ password: /^password\s+(\S+)/m.exec(text)![1], secret: /^totp\s+(\S+)/m.exec(text)![1] });
    const admin = async (login: string, known: { password: string; secret: string }) => {
      const signed = await server.client().post("/api/v1/auth/staff", { login, password: known.password, totp: totp(known.secret) });
      expect(signed.status, signed.text).toBe(200);
      const client = server.client(signed.json.token);
      expect((await client.post("/api/v1/me/password", { old: known.password, new: "sieben-Berge-42" })).status).toBe(204);
      return client;
    };
    const make = (role: string, login: string) => secrets(linli(["admin", "--role", role, "--login", login, "--no-demo", ...place.args]).stdout);
    const system = await admin("sys2", make("system", "sys2"));
    const security = await admin("sec2", make("security", "sec2"));
    const made = await system.post("/api/v1/people", { login: "desk.one", name: "石阿妹" });
    expect(made.status, made.text).toBe(201);
    expect(Object.keys(made.json).sort()).toEqual(["login", "password", "person"]);
    const { id } = made.json.person;
    const half = await security.post(`/api/v1/people/${id}/totp`, {});
    expect(half.status, half.text).toBe(200);
    expect(half.json.password).toBeUndefined();
    const signed = await server.client().post("/api/v1/auth/staff", { login: "desk.one", password: made.json.password, totp: totp(half.json.totp_secret) });
    expect(signed.status, signed.text).toBe(200);
    const me = (await security.get("/api/v1/me")).json.id;
    expect((await system.patch(`/api/v1/people/${me}`, { disabled: true })).json.key).toBe("account.not_an_admin");
    expect((await system.post(`/api/v1/people/${me}/password`, {})).json.key).toBe("account.not_an_admin");
    const again = linli(["admin", "--reset", "--login", "sec2", "--no-demo", ...place.args]);
    expect(again.status, again.stderr).toBe(0);
    expect((await security.get("/api/v1/me")).status).toBe(401);
    await admin("sec2", secrets(again.stdout));
    expect(linli(["admin", "--reset", "--login", "desk.one", "--no-demo", ...place.args]).status).toBe(1);
  });

  it("gives no account two of the three administrators", () => {
    const again = linli(["admin", "--role", "security", "--login", "sysadmin", "--no-demo", ...place.args]);
    expect(again.status).not.toBe(0);
  });
});

describe.each(engines)("residents on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  beforeAll(async () => {
    server = await Server.start(place);
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });

  it("find the people of the demo whole, whatever was done to them", async () => {
    const system = await server.become("system_admin"), worker = await server.become("grid_worker");
    const id = (await worker.get("/api/v1/me")).json.id;
    expect((await system.post(`/api/v1/people/${id}/password`, {})).status).toBe(200);
    expect((await system.patch(`/api/v1/people/${id}`, { disabled: true })).status).toBe(200);
    expect((await worker.get("/api/v1/me")).status).toBe(401);
    expect((await (await server.become("grid_worker")).get("/api/v1/worklist")).status).toBe(200);
    const security = await server.become("security_admin");
    const me = (await system.get("/api/v1/me")).json.id;
    for (const grant of (await security.get(`/api/v1/grants?person=${me}`)).json.items)
      expect((await security.send("DELETE", `/api/v1/grants/${grant.id}`)).status).toBe(204);
    expect((await system.get("/api/v1/people")).status).toBe(403);
    expect((await (await server.become("system_admin")).get("/api/v1/people")).status).toBe(200);
    const elder = await server.become("resident_wang");
    expect((await elder.send("DELETE", "/api/v1/me")).status).toBe(204);
    expect((await (await server.become("resident_wang")).get("/api/v1/me")).json.name).toBe("王秀英");
  });

  it("are shown the notice first", async () => {
    const client = server.client();
    const refused = await client.post("/api/v1/auth/code", { phone: "19900006001", consent_version: "" });
    expect(refused.status).toBe(400);
    expect((await client.post("/api/v1/auth/code", { phone: "19900006001", consent_version: "old" })).json.key).toBe("account.consent_needed");
    const notice = (await client.get("/api/v1/consent")).json;
    expect(notice.zh.sections.length).toBeGreaterThan(4);
    expect(notice.en.sections.length).toBe(notice.zh.sections.length);
  });

  it("sign in once by each code, and not by guesses", async () => {
    const phone = "19900006002";
    const resident = await server.resident(phone);
    expect((await resident.get("/api/v1/me")).json.roles).toContain("resident");
    const code = [...server.log.matchAll(/\bcode[= ](\d{6})\b/g)].pop()![1];
    expect((await server.client().post("/api/v1/auth/resident", { phone, code })).status).not.toBe(200);
    expect((await server.client().post("/api/v1/auth/resident", { phone, code: "000000" })).status).not.toBe(200);
  });

  it("cannot ask for code after code", async () => {
    const site = (await server.client().get("/api/v1/site")).json;
    const ask = () => server.client().post("/api/v1/auth/code", { phone: "19900006003", consent_version: site.consent_version });
    expect((await ask()).status).toBe(202);
    const again = await ask();
    expect(again.status).toBe(429);
    expect(Number(again.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("see, take with them and erase what is kept of them", async () => {
    const resident = await server.resident("19900006004");
    const data = await resident.get("/api/v1/me/data");
    expect(data.status).toBe(200);
    expect(data.text).toContain("19900006004");
    expect((await resident.send("DELETE", "/api/v1/me")).status).toBe(204);
    expect((await resident.get("/api/v1/me")).status).toBe(401);
  });
});
