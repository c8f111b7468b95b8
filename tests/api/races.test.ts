// SPDX-License-Identifier: MulanPSL-2.0
// Two at once: one wins, the other is told; the same key posted many times is one request.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, engines, demoPlace } from "./harness";

const door = "DEM0DEM0DEM0DEM0";

describe.each(engines)("races on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  let resident: Client;
  let item: string;
  beforeAll(async () => {
    server = await Server.start(place);
    resident = await server.resident("19900002001");
    item = (await resident.get("/api/v1/items")).json.items.find((i: any) => i.kind === "repair").id;
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });

  it("takes the same idempotency key twenty times at once as one request", async () => {
    const key = "key-0001";
    const body = { item, door, words: "只要一次" };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => resident.post("/api/v1/requests", body, { "idempotency-key": key })),
    );
    for (const answer of answers) expect(answer.status, answer.text).toBe(201);
    expect(new Set(answers.map((a) => a.json.id)).size).toBe(1);
    expect(answers.filter((a) => a.headers.get("idempotent-replay") === "true")).toHaveLength(19);
    const mine = (await resident.get("/api/v1/requests?mine=1")).json.items.filter((r: any) => r.words === "只要一次");
    expect(mine).toHaveLength(1);
  });

  it("refuses the key for another body", async () => {
    await resident.post("/api/v1/requests", { item, door, words: "一" }, { "idempotency-key": "key-0002" });
    const other = await resident.post("/api/v1/requests", { item, door, words: "二" }, { "idempotency-key": "key-0002" });
    expect(other.status).toBe(409);
    expect(other.json.key).toBe("command.key_reused");
  });

  it("lets one of many sign, and tells the others who it was", async () => {
    const filed = (await resident.post("/api/v1/requests", { item, door, words: "谁来" })).json;
    const keys = (await server.client().get("/api/v1/demo/people")).json.items.filter((p: any) => p.app === "worker").map((p: any) => p.key);
    let worker: Client | undefined;
    for (const key of keys) {
      const client = await server.become(key);
      if ((await client.get("/api/v1/worklist")).json?.items?.some((r: any) => r.id === filed.id)) worker = client;
    }
    expect(worker).toBeDefined();
    const seen = (await worker!.get(`/api/v1/requests/${filed.id}`)).json;
    const answers = await Promise.all(Array.from({ length: 12 }, () => worker!.act(seen, "sign")));
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
    for (const lost of answers.filter((a) => a.status !== 200)) {
      expect(lost.status).toBe(409);
      expect(lost.json.key).toBe("request.already_taken");
      expect(lost.json.args[0].length).toBeGreaterThan(0);
      expect(lost.json.args[1]).toMatch(/^\d{1,2} [A-Z][a-z]{2} \d\d:\d\d$/); // as a person says it
      expect(lost.json.title).toContain(lost.json.args[1]);
    }
  });
});
