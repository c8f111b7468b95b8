// SPDX-License-Identifier: MulanPSL-2.0
// The command line, start and end of the server, and what it says of itself.
import { describe, expect, it } from "vitest";
import { Server, engines, freshPlace, linli } from "./harness";

describe("linli", () => {
  it("helps, and says so when it does not know a word", () => {
    const help = linli(["--help"]);
    expect(help.status).toBe(0);
    for (const word of ["serve", "import", "export", "verify", "backup", "restore", "openapi", "flows", "--port", "--store"]) expect(help.stdout).toContain(word);
    expect(linli(["dance"]).status).toBe(2);
    expect(linli(["serve", "--prot", "1"]).stderr).toContain("prot");
    expect(linli(["serve", "--port"]).status).not.toBe(0);
  });

  it("prints OpenAPI 3.1 in which every reference leads somewhere", () => {
    const text = linli(["openapi"]).stdout;
    const document = JSON.parse(text);
    expect(document.openapi).toMatch(/^3\.1/);
    for (const [, ref] of text.matchAll(/"\$ref":\s*"#\/([^"]+)"/g))
      expect(ref.split("/").reduce((at: any, key) => at?.[key], document), ref).toBeDefined();
    expect(Object.keys(document.paths)).toContain("/api/v1/requests");
  });

  it("draws the flows and finds no fault in them", () => {
    const drawn = linli(["flows", "--mermaid"]);
    expect(drawn.status, drawn.stderr).toBe(0);
    expect(drawn.stdout).toContain("stateDiagram-v2");
    expect(linli(["flows", "--mermaid", "--lang", "zh"]).stdout).toMatch(/[\u4e00-\u9fff]/);
  });
});

describe.each(engines)("serve on %s", (engine) => {
  it("starts empty, answers, ends cleanly, and starts again with what it had", async () => {
    const place = freshPlace(engine);
    const first = await Server.start(place, ["--empty"]);
    expect((await first.client().get("/healthz")).json.status).toBe("ok");
    expect((await first.client().get("/healthz")).json.store).toBe(engine);
    expect((await first.client().get("/metrics")).text).toMatch(/^# TYPE /m);
    expect((await first.client().get("/api/v1/openapi.json")).json.openapi).toMatch(/^3\.1/);
    expect((await first.client().get("/api/v1/items")).json.items).toEqual([]);
    expect(await first.stop()).toBe(0);
    const second = await Server.start(place, ["--no-demo"]);
    expect((await second.client().get("/api/v1/items")).json.items.length).toBeGreaterThan(20);
    expect(await second.stop("SIGINT")).toBe(0);
    place.remove();
  });

  it("keeps its promises to browsers on every answer", async () => {
    const place = freshPlace(engine);
    const server = await Server.start(place, ["--no-demo"]);
    for (const path of ["/", "/console", "/work", "/api/v1/site", "/nowhere.js"]) {
      const answer = await server.client().get(path);
      expect(answer.headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(answer.headers.get("content-security-policy"), path).toMatch(/default-src '(self|none)'/);
      expect(answer.headers.get("content-security-policy"), path).not.toMatch(/script-src[^;]*unsafe/);
    }
    await server.stop();
    place.remove();
  });
});
