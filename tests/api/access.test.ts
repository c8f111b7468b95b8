// SPDX-License-Identifier: MulanPSL-2.0
// Every route × every role, from the OpenAPI document's x-access; and the place tree: another grid's request does not exist.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, engines, demoPlace, linli } from "./harness";

const door = "DEM0DEM0DEM0DEM0";
const people: Record<string, string> = {
  resident: "resident_wang", steward: "steward", grid_worker: "grid_worker", community: "community_worker",
  subdistrict: "subdistrict_staff", district: "district_leader", unit: "unit_property",
  system_admin: "system_admin", security_admin: "security_admin", audit_admin: "auditor",
};

interface Operation {
  method: string;
  path: string;
  access: string[];
}

function operations(): Operation[] {
  const document = JSON.parse(linli(["openapi"]).stdout);
  return Object.entries<any>(document.paths).flatMap(([path, methods]) =>
    Object.entries<any>(methods)
      .filter(([method]) => ["get", "post", "patch", "put", "delete"].includes(method))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, access: operation["x-access"] })),
  );
}

describe.each(engines)("access on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  const clients = new Map<string, Client>();
  beforeAll(async () => {
    server = await Server.start(place);
    for (const [role, key] of Object.entries(people)) clients.set(role, await server.become(key));
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });

  // An id that names nothing, a body that is no use: what may be called answers 2xx or a fault of the input, never 401 or 403.
  async function attempt(client: Client, { method, path }: Operation): Promise<number> {
    const filled = path.replace(/\{code\}/g, "0000000000000000").replace(/\{[^}]+\}/g, "00000000000000");
    const body = method === "GET" || method === "DELETE" ? undefined : "{}";
    const controller = new AbortController();
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (client.token) headers.authorization = `Bearer ${client.token}`;
    const response = await fetch(server.url + filled, { method, body, headers, redirect: "manual", signal: controller.signal });
    controller.abort(); // streams do not end
    return response.status;
  }
  // What would end the session or the account that the others still need.
  const destructive = (o: Operation) => /auth\/logout|demo\/become/.test(o.path) || (o.method === "DELETE" && o.path === "/api/v1/me");

  it("gives every route a row that says who may", () => {
    const all = operations();
    expect(all.length).toBeGreaterThan(40);
    for (const operation of all) expect(operation.access?.length, `${operation.method} ${operation.path}`).toBeGreaterThan(0);
  });

  it("answers each role as the table says", async () => {
    const faults: string[] = [];
    for (const operation of operations().filter((o) => !destructive(o))) {
      const open = operation.access.includes("anyone");
      const nobody = await attempt(server.client(), operation);
      if (!open && nobody !== 401) faults.push(`${operation.method} ${operation.path} nobody: ${nobody}`);
      for (const [role, client] of clients) {
        const may = open || operation.access.includes("signed_in") || operation.access.includes(role);
        const status = await attempt(client, operation);
        if (!may && status !== 403) faults.push(`${operation.method} ${operation.path} ${role}: ${status}, not 403`);
        if (may && !open && [401, 403].includes(status)) faults.push(`${operation.method} ${operation.path} ${role}: ${status}`);
        if (status >= 500 && status !== 503) faults.push(`${operation.method} ${operation.path} ${role}: ${status}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it("keeps the three administrators apart: no route is open to two of them alone", () => {
    const admins = ["system_admin", "security_admin", "audit_admin"];
    for (const { method, path, access } of operations())
      if (!access.includes("anyone") && !access.includes("signed_in"))
        expect(admins.filter((a) => access.includes(a)).length, `${method} ${path}`).toBeLessThanOrEqual(/GET/.test(method) ? 3 : 1);
  });

  it("hides another grid's request: page, timeline, contact, actions, photos, lists, search", async () => {
    const resident = await server.resident("19900007001");
    const item = (await resident.get("/api/v1/items")).json.items.find((i: any) => i.kind === "repair").id;
    const photo = await resident.upload("/api/v1/media", (await import("./pictures")).pngPixels(64, 64), "p.png", "image/png", { purpose: "report" });
    expect(photo.status, photo.text).toBe(201);
    const filed = await resident.post("/api/v1/requests", { item, door, words: "只有本网格看得到的话", media: [photo.json.id] });
    expect(filed.status, filed.text).toBe(201);
    const id = filed.json.id;
    for (const key of ["grid_worker_other", "steward_other", "resident_li", "system_admin", "security_admin", "auditor"]) {
      const other = await server.become(key);
      expect([403, 404], key).toContain((await other.get(`/api/v1/requests/${id}`)).status);
      expect([403, 404], key).toContain((await other.get(`/api/v1/media/${photo.json.id}`)).status);
      expect([403, 404], key).toContain((await other.get(`/api/v1/media/${photo.json.id}/thumb`)).status);
      for (const action of ["sign", "finish", "comment", "confirm", "withdraw", "transfer", "urge"])
        expect([403, 404], `${key} ${action}`).toContain((await other.act(filed.json, action, { note: "x" })).status);
      expect([403, 404], key).toContain((await other.post(`/api/v1/requests/${id}/contact`, { reason: "x" })).status);
    }
    const stranger = await server.become("grid_worker_other");
    expect((await stranger.get(`/api/v1/requests/${id}`)).status).toBe(404);
    for (const path of ["/api/v1/requests?limit=100", `/api/v1/requests?q=${encodeURIComponent("本网格")}`, "/api/v1/worklist", "/api/v1/requests.csv"])
      expect((await stranger.get(path)).text, path).not.toContain(id);
    const own = await server.become("grid_worker");
    expect((await own.get(`/api/v1/requests/${id}`)).status).toBe(200);
    expect((await own.get(`/api/v1/media/${photo.json.id}`)).status).toBe(200);
    expect((await server.client().get(`/api/v1/media/${photo.json.id}`)).status).toBe(401);
  });

  it("refuses another site's form", async () => {
    const signed = await server.client().post("/api/v1/demo/become", { key: "resident_wang" });
    const cookie = signed.headers.get("set-cookie")!.split(";")[0];
    const forged = await server.client().send("POST", "/api/v1/requests", { body: "{}", headers: { cookie, origin: "https://evil.example", "content-type": "application/json" } });
    expect(forged.status).toBe(403);
    expect(forged.json.key).toBe("http.cross_site");
  });
});
