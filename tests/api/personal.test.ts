// SPDX-License-Identifier: MulanPSL-2.0
// No personal field in clear: not in the database file or dump, not in the log, not on a public page.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Server, engines, demoPlace } from "./harness";

const door = "DEM0DEM0DEM0DEM0";
const secrets = {
  phone: "19900004321",
  name: "欧阳菁菁",
  doorNumber: "7单元1902",
  contactPhone: "19911114321",
  contactName: "司徒翠翠",
  words: "屋顶天窗漏雨滴到孩子床头",
  note: "已用防水胶补好天窗四角",
};

function everyFile(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? everyFile(path) : [path];
  });
}

describe.each(engines)("personal data on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  let requestId = "";
  beforeAll(async () => {
    server = await Server.start(place, ["--log-level", "debug"]);
    const resident = await server.resident(secrets.phone);
    const me = await resident.get("/api/v1/me");
    const named = await resident.patch("/api/v1/me", { name: secrets.name, door_number: secrets.doorNumber }, { "if-match": me.headers.get("etag") ?? '"1"' });
    expect(named.status, named.text).toBe(200);
    const item = (await resident.get("/api/v1/items")).json.items.find((i: any) => i.kind === "repair").id;
    const filed = await resident.post("/api/v1/requests", {
      item, door, words: secrets.words, door_number: secrets.doorNumber,
      contact_name: secrets.contactName, contact_phone: secrets.contactPhone,
    });
    expect(filed.status, filed.text).toBe(201);
    requestId = filed.json.id;
    const comment = await resident.act(filed.json, "comment", { note: secrets.note });
    expect(comment.status, comment.text).toBe(200);
  });
  afterAll(() => place.remove());

  it("is masked for colleagues, and opened only with a reason, which is recorded", async () => {
    const worker = await server.become("community_worker");
    const seen = await worker.get(`/api/v1/requests/${requestId}`);
    expect(seen.status, seen.text).toBe(200);
    for (const secret of [secrets.contactPhone, secrets.contactName, secrets.doorNumber, secrets.phone]) expect(seen.text).not.toContain(secret);
    expect(seen.json.words).toBe(secrets.words);
    expect((await worker.post(`/api/v1/requests/${requestId}/contact`, {})).status).toBe(400);
    const opened = await worker.post(`/api/v1/requests/${requestId}/contact`, { reason: "要上门，先打电话" });
    expect(opened.status, opened.text).toBe(200);
    expect(opened.json.contact_phone).toBe(secrets.contactPhone);
    const auditor = await server.become("auditor");
    const events = await auditor.get("/api/v1/events?type=personal.read");
    expect(events.json.items.some((e: any) => e.subject_id === requestId)).toBe(true);
    expect(events.text).not.toContain(secrets.contactPhone);
  });

  it("is on no public page", async () => {
    for (const path of [`/api/v1/wall?door=${door}`, `/api/v1/doors/${door}`, `/q/${door}`, "/metrics", "/api/v1/site"]) {
      const page = await server.client().get(path);
      expect(page.status, path).toBe(200);
      for (const secret of Object.values(secrets)) expect(page.text, path).not.toContain(secret);
    }
  });

  it("is in clear nowhere on the disk nor in a dump, nor in the log", async () => {
    expect(await server.stop()).toBe(0);
    const texts = everyFile(join(place.dir, "data")).map((path) => readFileSync(path));
    if (place.pgUrl) texts.push(execFileSync("pg_dump", [place.pgUrl], { maxBuffer: 1 << 30 }));
    texts.push(Buffer.from(server.log));
    for (const [what, secret] of Object.entries(secrets))
      for (const text of texts) {
        expect(text.includes(Buffer.from(secret)), what).toBe(false);
        expect(text.includes(Buffer.from(secret).toString("hex")), `${what} in hex`).toBe(false);
      }
  });
});
