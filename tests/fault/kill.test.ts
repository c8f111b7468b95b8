// SPDX-License-Identifier: MulanPSL-2.0
// kill -9 while requests are filed and acted on: what was acknowledged is there, once, and the log is whole.
// LINLI_KILLS sets how often (./test --soak kill does it often).
import { describe, expect, it } from "vitest";
import { type Client, Server, engines, demoPlace, linli } from "../api/harness";

const door = "DEM0DEM0DEM0DEM0";
const kills = Number(process.env.LINLI_KILLS ?? 3);

describe.each(engines)("killed at work on %s", (engine) => {
  it(`loses nothing acknowledged and doubles nothing, ${kills} times over`, async () => {
    const place = demoPlace(engine);
    let server = await Server.start(place);
    let resident = await server.become("resident_li");
    const item = (await resident.get("/api/v1/items")).json.items.find((i: any) => i.kind === "repair").id;
    const acknowledged = new Map<string, string>(); // idempotency key → id
    let sent = 0;
    const pending = new Set<string>();

    async function file(client: Client, key: string): Promise<void> {
      pending.add(key);
      try {
        const answer = await client.post("/api/v1/requests", { item, door, words: `第 ${key} 件` }, { "idempotency-key": key });
        if (answer.status === 201) acknowledged.set(key, answer.json.id);
        if (answer.status === 201) pending.delete(key);
      } catch {
        // the server is gone: the phone will send again with the same key
      }
    }

    for (let round = 0; round < kills; round++) {
      const end = Date.now() + 400 + Math.random() * 600;
      const phones = Array.from({ length: 8 }, async () => {
        while (Date.now() < end) await file(resident, `k${sent++}`);
      });
      await new Promise((r) => setTimeout(r, 200 + Math.random() * 500));
      await server.stop("SIGKILL");
      await Promise.all(phones);
      server = await Server.start(place);
      resident = await server.become("resident_li");
      for (const key of [...pending]) await file(resident, key); // what had no answer is sent again
    }

    expect(acknowledged.size).toBeGreaterThan(kills);
    const listed = new Map<string, number>();
    let cursor = "";
    do {
      const page = (await resident.get(`/api/v1/requests?mine=1&limit=100${cursor && `&before=${cursor}`}`)).json;
      for (const row of page.items) listed.set(row.words, (listed.get(row.words) ?? 0) + 1);
      cursor = page.next ?? "";
    } while (cursor);
    for (const key of acknowledged.keys()) expect(listed.get(`第 ${key} 件`), key).toBe(1);
    expect(await server.stop()).toBe(0);
    const proof = linli(["verify", ...place.args]);
    expect(proof.status, proof.stderr).toBe(0);
    place.remove();
  });
});
