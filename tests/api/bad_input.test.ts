// SPDX-License-Identifier: MulanPSL-2.0
// Hostile and broken input: a clear problem+json, nothing stored, no crash.
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, engines, demoPlace } from "./harness";
import { pngBomb, pngPixels } from "./pictures";

const door = "DEM0DEM0DEM0DEM0";

describe.each(engines)("bad input on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  let resident: Client;
  let item: string;
  beforeAll(async () => {
    server = await Server.start(place);
    resident = await server.resident("19900003001");
    item = (await resident.get("/api/v1/items")).json.items[0].id;
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    place.remove();
  });

  async function raw(body: BodyInit, type = "application/json") {
    return resident.send("POST", "/api/v1/requests", { body, headers: { "content-type": type } });
  }
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

  it.each([
    ["malformed JSON", () => '{"item":', 400],
    ["trailing rubbish", () => "{} x", 400],
    ["an array", () => "[]", 400],
    ["60 levels", () => nested(60), 400],
    ["invalid UTF-8", () => new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400],
    ["a duplicate key", () => `{"item":"${item}","item":"${item}"}`, 400],
    ["an unknown field", () => JSON.stringify({ item, door, words: "x", state: "closed" }), 400],
    ["a wrong type", () => JSON.stringify({ item, door, words: 7 }), 400],
    ["a null where text is needed", () => JSON.stringify({ item, door, words: null }), 400],
    ["too long", () => JSON.stringify({ item, door, words: "字".repeat(2001) }), 400],
    ["a control character", () => JSON.stringify({ item, door, words: "a\u0007b" }), 400],
    ["a NUL", () => '{"item":"' + item + '","door":"' + door + '","words":"a\\u0000b"}', 400],
    ["a lone surrogate", () => '{"item":"' + item + '","door":"' + door + '","words":"\\ud800"}', 400],
    ["nothing to be seen", () => JSON.stringify({ item, door, words: "\u200b\u2060 \ufeff" }), 400],
    ["a number that cannot be rung", () => JSON.stringify({ item, door, words: "x", contact_phone: "abc" }), 400],
    ["a bad id", () => JSON.stringify({ item: "nonsense", door, words: "x" }), 400],
    ["a body of 10 MB", () => JSON.stringify({ item, door, words: "x".repeat(10 << 20) }), 413],
  ])("%s", async (_name, body, status) => {
    const answer = await raw(body() as BodyInit);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.json.key).toBeTruthy();
    expect(answer.json.title).not.toBe(answer.json.key);
  });

  it("names the field at fault, in the reader's language", async () => {
    resident.lang = "zh";
    const answer = await raw(JSON.stringify({ item, door, words: 7 }));
    resident.lang = "en";
    expect(answer.json.field).toBe("words");
    expect(answer.json.title).toMatch(/[\u4e00-\u9fff]/);
  });

  it("takes JSON only as JSON", async () => {
    expect((await raw("{}", "text/plain")).status).toBe(415);
    expect((await raw("{}", "application/json; charset=gbk")).status).toBe(415);
    expect((await raw("{}", "application/json; charset=UTF-8")).json.key).toBe("field.missing");
  });

  it.each([
    ["a 1-byte JPEG", () => Buffer.from([0xff])],
    ["a JPEG head without a picture", () => Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex")],
    ["a 30,000-pixel PNG", () => pngBomb(30000, 30000)],
    ["a 30,000 × 1 PNG", () => pngBomb(30000, 1)],
    ["a cut-off PNG", () => pngPixels(800, 600).subarray(0, 500)],
    ["a text", () => Buffer.from("hello")],
    ["nothing", () => Buffer.alloc(0)],
  ])("picture: %s", async (_name, bytes) => {
    const answer = await resident.upload("/api/v1/media", bytes(), "x.jpg", "image/jpeg");
    expect([400, 413, 415]).toContain(answer.status);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
  });

  it("one file at a time, and no part that nobody knows", async () => {
    for (const second of ["file", "owner_id"]) {
      const form = new FormData();
      form.append("file", new Blob([pngPixels(4, 4)], { type: "image/png" }), "a.png");
      form.append(second, new Blob([pngPixels(5, 5)], { type: "image/png" }), "b.png");
      const answer = await resident.send("POST", "/api/v1/media", { body: form });
      expect(answer.status, answer.text).toBe(400);
      expect(answer.json.field).toBe(second);
    }
  });

  it("a voice note without a sound", async () => {
    const wav = Buffer.alloc(44);
    wav.write("RIFF$\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0", "latin1");
    wav.write("\x02\0\x10\0data", 32, "latin1");
    const answer = await resident.upload("/api/v1/media", wav, "x.wav", "audio/wav");
    expect(answer.status, answer.text).toBe(400);
    expect(answer.json.key).toBe("media.broken_voice");
  });

  it("a search of one character", async () => {
    const leader = await server.become("district_leader");
    const answer = await leader.get(`/api/v1/requests?q=${encodeURIComponent("乱")}`);
    expect(answer.status).toBe(400);
    expect([answer.json.key, answer.json.field]).toEqual(["request.short_search", "q"]);
    expect((await leader.get(`/api/v1/requests?q=${encodeURIComponent("乱停")}`)).status).toBe(200);
  });

  it.each(["/nope.js", "/assets/nope.css", "/console/nope.map", "/api", "/api/unknown", "/api/v1/unknown", "/open311/nothing"])("%s is not there", async (path) => {
    const answer = await resident.get(path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
  });

  it("multipart cut off in the middle", async () => {
    const body = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG';
    const answer = await resident.send("POST", "/api/v1/media", { body, headers: { "content-type": "multipart/form-data; boundary=b" } });
    expect(answer.status).toBe(400);
    expect(answer.json.key).toMatch(/^multipart\./);
  });

  it.each([
    ["bad percent escape", "/api/v1/wall?door=%zz"],
    ["invalid UTF-8 in the path", "/api/v1/doors/%ff%fe"],
    ["NUL in the query", "/api/v1/wall?door=%00"],
  ])("%s", async (_name, path) => {
    const answer = await resident.get(path);
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
  });

  it("a request line and headers that are no HTTP do not disturb others", async () => {
    const port = Number(new URL(server.url).port);
    for (const text of ["\x00\x01\x02\r\n\r\n", "GET\r\n\r\n", `GET /${"a".repeat(70000)} HTTP/1.1\r\n\r\n`,
      "POST /api/v1/requests HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]) {
      const answer = await new Promise<string>((done) => {
        let got = "";
        const socket = connect(port, "127.0.0.1", () => socket.end(text, "latin1"));
        socket.on("data", (d) => (got += d));
        socket.on("close", () => done(got));
        socket.on("error", () => done(got));
        setTimeout(() => socket.destroy(), 5000);
      });
      expect(answer === "" || /^HTTP\/1\.[01] 4\d\d/.test(answer), answer).toBe(true);
    }
    expect((await resident.get("/healthz")).status).toBe(200);
  });

  it("stored nothing of all that", async () => {
    const mine = await resident.get("/api/v1/requests?mine=1");
    expect(mine.json.items).toEqual([]);
  });
});
