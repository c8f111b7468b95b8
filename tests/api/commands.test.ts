// SPDX-License-Identifier: MulanPSL-2.0
// The command line, start and end of the server, and what it says of itself.
import { describe, expect, it } from "vitest";
import { existsSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { Server, demoPlace, engines, freshPlace, linli } from "./harness";

describe("linli", () => {
  it("helps, and says so when it does not know a word", () => {
    const help = linli(["--help"]);
    expect(help.status).toBe(0);
    for (const word of ["serve", "import", "export", "verify", "backup", "restore", "openapi", "flows", "--port", "--store"]) expect(help.stdout).toContain(word);
    expect(linli(["dance"]).status).toBe(2);
    expect(linli(["serve", "--prot", "1"]).stderr).toContain("prot");
    expect(linli(["serve", "--port"]).status).not.toBe(0);
  });

  it.each([
    ["public-url", "notaurl"],
    ["public-url", "https://"],
    ["sms-gateway", "zzz"],
    ["sms-gateway", "http"], // without --sms-url
    ["workers", "0"],
    ["max-connections", "0"],
    ["log-level", "zzz"],
    ["suite", "zzz"],
    ["trusted-proxy", "zzz"],
    ["bind", "nowhere"],
    ["store", "mysql://x"],
    ["port", "99999"],
    ["port", "-1"],
  ])("does not start with --%s %s, and makes nothing", (option, value) => {
    const place = freshPlace("sqlite");
    const run = linli(["serve", "--port", "0", ...place.args, `--${option}`, value]);
    expect(run.status, run.stderr).toBe(2);
    expect(run.stderr).toContain(option);
    expect(run.stderr).toContain(value);
    expect(existsSync(join(place.dir, "data"))).toBe(false);
    place.remove();
  });

  it.each(["version bad\n", "year 2026\nholiday soon\n"])("does not start with a calendar that says %j", (text) => {
    const place = freshPlace("sqlite"), file = join(place.dir, "calendar.txt");
    writeFileSync(file, text);
    const run = linli(["serve", "--port", "0", ...place.args, "--calendar", file]);
    expect(run.status, run.stderr).toBe(2);
    expect(run.stderr).toContain(file);
    expect(existsSync(join(place.dir, "data"))).toBe(false);
    place.remove();
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

  it("does not serve the demo as if it were real", async () => {
    const place = demoPlace(engine);
    await (await Server.start(place)).stop();
    const run = linli(["serve", "--port", "0", "--no-demo", ...place.args]);
    expect(run.status, run.stderr).toBe(2);
    expect(run.stderr).toContain("demo");
    place.remove();
  });

  it("takes changes from browsers under its own name only", async () => {
    const place = freshPlace(engine);
    const server = await Server.start(place, ["--no-demo", "--public-url", "https://linli.example.cn"]);
    const post = (host: string, more: Record<string, string> = {}) =>
      new Promise<number>((done, failed) => {
        const headers = { host, "content-type": "application/json", origin: `http://${host}`, ...more };
        const sent = request(`${server.url}/api/v1/auth/logout`, { method: "POST", headers }, (answer) => (answer.resume(), done(answer.statusCode!)));
        sent.on("error", failed);
        sent.end("{}");
      });
    expect(await post("evil.example:8080")).toBe(403);
    expect(await post("evil.example:8080", { "sec-fetch-site": "same-origin" })).toBe(403);
    expect(await post("127.evil.example")).toBe(403);
    for (const host of ["linli.example.cn", "LINLI.example.cn:8443", "localhost:1", "127.0.0.1:2", "[::1]:3"]) expect(await post(host), host).not.toBe(403);
    await server.stop();
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
