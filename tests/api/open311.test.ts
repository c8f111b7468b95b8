// SPDX-License-Identifier: MulanPSL-2.0
// Open311 GeoReport v2 as its clients use it: the conformance cases of the reference, by number, on both databases.
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type Client, Server, demoPlace, engines } from "./harness";
import { pngPixels } from "./pictures";
import { child, children, parseXml, sparkOf, textOf } from "./xml";

const base = "/open311/v2";
const xmlType = "text/xml; charset=utf-8";
const jsonType = "application/json; charset=utf-8";
const day = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

// As GeoReport clients send: repeated names, form-urlencoded.
type Fields = [string, string][] | Record<string, string>;
const encode = (fields: Fields) => new URLSearchParams(fields as Record<string, string>).toString();
const formType = "application/x-www-form-urlencoded";

function errorsOf(answer: Answer): { code: string; description: string }[] {
  if (answer.headers.get("content-type") === jsonType) return answer.json;
  const root = parseXml(answer.text);
  expect(root.name).toBe("errors");
  return children(root).map((error) => ({ code: textOf(child(error, "code")), description: textOf(child(error, "description")) }));
}

describe.each(engines)("Open311 on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  let client: Client;
  let admin: Client;
  let key: string;
  beforeAll(async () => {
    server = await Server.start(place);
    client = server.client();
    admin = await server.become("system_admin");
    key = await newKey("conformance");
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });

  async function newKey(name: string): Promise<string> {
    const made = await admin.post("/api/v1/open311-keys", { name, per_minute: 6000 });
    expect(made.status, made.text).toBe(201);
    return made.json.api_key;
  }
  const get = (path: string) => client.get(base + path);
  const postTo = (path: string, body: BodyInit, headers: Record<string, string> = { "content-type": formType }) =>
    client.send("POST", base + path, { body, headers });
  const post = (fields: Fields, path = "/requests.json") => postTo(path, encode(fields));
  const plain = (more: Record<string, string> = {}): Record<string, string> => ({ api_key: key, service_code: "repair.lamp", lat: "27.71", long: "106.92", ...more });
  async function file(more: Record<string, string> = {}): Promise<string> {
    const answer = await post(plain(more));
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json).toHaveLength(1);
    return answer.json[0].service_request_id;
  }
  const one = async (id: string, query = "") => {
    const answer = await get(`/requests/${id}.json${query}`);
    expect(answer.status, answer.text).toBe(200);
    return answer.json[0];
  };
  const list = async (query: string): Promise<any[]> => {
    const answer = await get(`/requests.json?${query}`);
    expect(answer.status, answer.text).toBe(200);
    return answer.json;
  };
  const itemOf = async (code: string) => (await client.get("/api/v1/items")).json.items.find((item: any) => item.code === code);
  const bulky = (...more: [string, string][]): [string, string][] => [["api_key", key], ["service_code", "env.bulky"], ["lat", "27.71"], ["long", "106.92"], ...more];

  it("1: every path in both formats; another ending is not found", async () => {
    const id = await file();
    for (const path of ["/discovery", "/services", "/services/env.bulky", "/requests", `/requests/${id}`, `/servicerequestupdates`]) {
      const query = path === "/servicerequestupdates" ? `?api_key=${key}` : "";
      const xml = await get(`${path}.xml${query}`);
      expect(xml.status, path).toBe(200);
      parseXml(xml.text);
      const json = await get(`${path}.json${query}`);
      expect(json.status, path).toBe(200);
      expect(json.json, path).toBeDefined();
      for (const ending of ["", ".txt", ".xmlx", ".XML", ".jso"]) expect((await get(`${path}${ending}`)).status, path + ending).toBe(404);
    }
    for (const ending of ["xml", "json"]) {
      expect((await get(`/services/no.such.${ending}`)).status).toBe(404);
      expect((await get(`/requests/00000000000000.${ending}`)).status).toBe(404);
      expect((await get(`/tokens/none.${ending}`)).status).toBe(404);
    }
    const discovery = (await get("/discovery.json")).json;
    expect(Object.keys(discovery)).toEqual(["changeset", "contact", "key_service", "endpoints"]);
    expect(discovery.endpoints[0]).toMatchObject({
      specification: "http://wiki.open311.org/GeoReport_v2", url: server.url + base, type: "test", formats: ["text/xml", "application/json"],
    });
  });

  it("2: content types with charset, also of errors", async () => {
    for (const path of ["/discovery", "/services", "/services/env.bulky", "/requests", "/requests/none", "/tokens/none", "/services/none"]) {
      expect((await get(`${path}.xml`)).headers.get("content-type"), path).toBe(xmlType);
      expect((await get(`${path}.json`)).headers.get("content-type"), path).toBe(jsonType);
    }
    const xml = await get("/services.xml");
    expect(xml.text.startsWith('<?xml version="1.0" encoding="utf-8"?>')).toBe(true);
    expect(xml.text).not.toContain("xmlns");
    expect((await post(plain(), "/requests.xml")).headers.get("content-type")).toBe(xmlType);
    expect((await get("/requests.csv")).headers.get("content-type")).toBe("text/csv; charset=utf-8");
  });

  it("3: one district is served, so any jurisdiction_id will do", async () => {
    for (const sent of ["", "jurisdiction_id=", "jurisdiction_id=anything"]) {
      expect((await get(`/services.json?${sent}`)).status, sent).toBe(200);
      expect((await get(`/requests.json?${sent}`)).status, sent).toBe(200);
    }
    await file({ jurisdiction_id: "" });
    await file({ jurisdiction_id: "elsewhere" });
  });

  it("4: without a key, or with a wrong one, nothing is stored", async () => {
    const before = (await list("")).length;
    const without = plain();
    delete without.api_key;
    for (const fields of [without, { ...without, api_key: "" }, { ...without, api_key: "0".repeat(40) }])
      for (const ending of ["xml", "json"]) {
        const answer = await post(fields, `/requests.${ending}`);
        expect(answer.status).toBe(403);
        const [error] = errorsOf(answer);
        expect(error.code).toBe("403");
        expect(error.description).toContain("api_key");
      }
    expect((await list("")).length).toBe(before);
  });

  it("5: an unknown service is 404, none is 400", async () => {
    expect((await post(plain({ service_code: "no.such" }))).status).toBe(404);
    for (const service_code of ["", " "]) {
      const answer = await post(plain({ service_code }));
      expect(answer.status).toBe(400);
      expect(errorsOf(answer)[0].description).toContain("service_code");
    }
  });

  it("6: lat without long is 400; an address or its id alone will do", async () => {
    for (const [fields, missing] of [[{ lat: "27.7" }, "long"], [{ long: "106.9" }, "lat"], [{ lat: "27.7", long: "" }, "long"]] as const) {
      const answer = await post({ api_key: key, service_code: "repair.lamp", ...fields });
      expect(answer.status).toBe(400);
      expect(errorsOf(answer)[0].description).toContain(missing);
    }
    expect((await post({ api_key: key, service_code: "repair.lamp" })).status).toBe(400);
    for (const [lat, long] of [["91", "0"], ["0", "181"], ["x", "1"], ["NaN", "1"]]) expect((await post(plain({ lat, long }))).status, lat).toBe(400);
    const byAddress = await post({ api_key: key, service_code: "repair.lamp", address_string: "太阳园小区3栋2单元301" });
    expect(byAddress.status, byAddress.text).toBe(200);
    const told = await one(byAddress.json[0].service_request_id);
    expect(told.address).toMatch(/太阳园小区 · 3栋$/);
    expect(JSON.stringify(told)).not.toContain("301");
    const byId = await post({ api_key: key, service_code: "repair.lamp", address_id: told.address_id });
    expect(byId.status).toBe(200);
    expect((await one(byId.json[0].service_request_id)).address_id).toBe(told.address_id);
    const unknown = await post({ api_key: key, service_code: "repair.lamp", address_id: "no such place" });
    expect(unknown.status).toBe(200);
    expect(unknown.json[0].service_notice).toBeTruthy(); // the district's desk
  });

  it("7: missing required attributes are all named", async () => {
    const none = await post(bulky());
    expect(none.status).toBe(400);
    expect(none.json).toHaveLength(2);
    expect(none.json.map((e: any) => e.description).join()).toMatch(/WHAT.*LIFT/);
    const half = await post(bulky(["attribute[WHAT]", "sofa"], ["attribute[LIFT]", ""]), "/requests.xml");
    expect(half.status).toBe(400);
    expect(errorsOf(half)).toHaveLength(1);
    expect(errorsOf(half)[0].description).toContain("LIFT");
  });

  it("8: a value that is not in the list is 400, and so is what is no number or time", async () => {
    const bad = await post(bulky(["attribute[WHAT]", "沙发"], ["attribute[LIFT]", "maybe"], ["attribute[COUNT]", "many"], ["attribute[WHEN]", "soon"]));
    expect(bad.status).toBe(400);
    const text = JSON.stringify(bad.json);
    for (const code of ["WHAT", "LIFT", "COUNT", "WHEN"]) expect(text).toContain(`attribute[${code}]`);
    const twice = await post(bulky(["attribute[WHAT]", "sofa"], ["attribute[LIFT]", "yes"], ["attribute[LIFT]", "no"]));
    expect(twice.status).toBe(400);
    const good = await post(bulky(["attribute[WHAT]", "sofa"], ["attribute[LIFT]", "yes"], ["attribute[COUNT]", "2"], ["attribute[WHEN]", "2026-12-01T10:00+08:00"], ["attribute[FLOOR]", "5 层"]));
    expect(good.status, good.text).toBe(200);
  });

  it("9: several values, spelled either way", async () => {
    for (const name of ["attribute[WHAT]", "attribute[WHAT][]", "attribute[WHAT][0]"]) {
      const answer = await post(bulky([name, "sofa"], [name, "bed"], ["attribute[LIFT]", "no"], ["attribute[NOTE]", "王大爷在家"]));
      expect(answer.status, answer.text).toBe(200);
      const told = await one(answer.json[0].service_request_id, "?extensions=true");
      const what = told.attributes.find((a: any) => a.code === "WHAT");
      expect(what.values.map((v: any) => v.key)).toEqual(["sofa", "bed"]);
      expect(JSON.stringify(told)).not.toContain("王大爷"); // what was written freely stays inside
      expect((await one(answer.json[0].service_request_id)).attributes).toBeUndefined();
    }
  });

  it("10: 4000 characters, line ends, markup and any script come back as they were; control characters never do", async () => {
    const text = "第一行\r\n<b>&amp; \"quoted\" ]]> 🚰𠮷\n\ttab & 'end'";
    const id = await file({ description: text });
    expect((await one(id)).description).toBe(text);
    const xml = parseXml((await get(`/requests/${id}.xml`)).text);
    expect(textOf(child(children(xml)[0], "description"))).toBe(text);
    const long = "🚰".repeat(4000);
    expect((await one(await file({ description: long }))).description).toBe(long);
    const longer = await post(plain({ description: long + "水" }));
    expect(longer.status).toBe(400);
    expect(errorsOf(longer)[0].description).toContain("description");
    const dirty = await file({ description: "a\u0001\u0008\u000b\u000c\u001f\ufffe\uffffb" });
    expect((await one(dirty)).description).toBe("ab");
    const raw = (await get(`/requests/${dirty}.xml`)).text;
    // eslint-disable-next-line no-control-regex
    expect(raw).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|&#x?[0-8bce-f]{1,2};/);
  });

  it("11: invalid UTF-8 is 400", async () => {
    const before = (await list("")).length;
    for (const bytes of ["%FF", "%C0%AF", "%ED%A0%80", "%F5%80%80%80", "%E6%B0"]) {
      const answer = await postTo("/requests.xml", `${encode(plain())}&description=${bytes}`);
      expect(answer.status, bytes).toBe(400);
      expect(errorsOf(answer)).toHaveLength(1);
      expect((await get(`/requests.xml?service_code=${bytes}`)).status).toBe(400);
    }
    const part = (name: string, value: string) => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const head = Object.entries(plain()).map(([name, value]) => part(name, value)).join("");
    const bytes = Buffer.concat([Buffer.from(`${head}${part("description", "a").slice(0, -3)}`), Buffer.from([0xff, 0xfe]), Buffer.from("\r\n--B--\r\n")]);
    expect((await postTo("/requests.xml", new Uint8Array(bytes), { "content-type": "multipart/form-data; boundary=B" })).status).toBe(400);
    expect((await list("")).length).toBe(before);
  });

  it("12: a list of ids beats all other filters, the last 90 days included", async () => {
    const [a, b] = [await file(), await file({ service_code: "repair.water" })];
    const told = await list(`service_request_id=${a},${b},${a},00000000000000,x&service_code=dog.leash&status=closed&start_date=2020-01-01T00:00:00Z&end_date=2020-02-01T00:00:00Z`);
    expect(told.map((r) => r.service_request_id)).toEqual([b, a]);
    expect(await list(`service_request_id=${a}&start_date=2001-01-01T00:00:00Z&end_date=2026-01-01T00:00:00Z`)).toHaveLength(1);
  });

  it("13: 90 days are accepted, a second more is not; one date alone will do", async () => {
    const now = Date.now();
    const span = (from: number, to: number) => get(`/requests.json?start_date=${iso(from)}&end_date=${iso(to)}`);
    expect((await span(now - 90 * day, now)).status).toBe(200);
    expect((await span(now - 90 * day - 1000, now)).status).toBe(400);
    const id = await file();
    const { requested_datetime } = await one(id);
    const has = (rows: any[]) => rows.some((r) => r.service_request_id === id);
    expect(has(await list(`start_date=${requested_datetime}`))).toBe(true);
    expect(has(await list(`end_date=${requested_datetime}`))).toBe(true);
    expect(has(await list(`start_date=${iso(Date.parse(requested_datetime) + 1000)}`))).toBe(false);
    expect(has(await list(`end_date=${iso(Date.parse(requested_datetime) - 1000)}`))).toBe(false);
    expect(has(await list(`start_date=${requested_datetime}&end_date=${requested_datetime}`))).toBe(true);
    expect(has(await list("start_date=2020-01-01T00:00:00%2B08:00"))).toBe(false);
    for (const bad of ["start_date=yesterday", "end_date=2026", "start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z"]) expect((await get(`/requests.json?${bad}`)).status, bad).toBe(400);
  });

  it("14: at most 1000, newest first, and pages beyond", async () => {
    const first = await list("");
    const times = first.map((r) => r.requested_datetime);
    expect(times).toEqual([...times].sort().reverse());
    const enough = 1001 - first.length;
    for (let done = 0; done < enough; done += 25) await Promise.all(Array.from({ length: Math.min(25, enough - done) }, (_, i) => file({ description: `${done + i}` })));
    const all = await list("");
    expect(all).toHaveLength(1000);
    const pages = [];
    for (let page = 0; page < 5; page++) pages.push(...(await list(`page=${page}&page_size=250`)));
    expect(pages).toHaveLength(1001);
    expect(new Set(pages.map((r) => r.service_request_id)).size).toBe(1001);
    expect(pages.slice(0, 1000)).toEqual(all);
    expect(await list("page=5&page_size=250")).toEqual([]);
    for (const bad of ["page=-1", "page=x", "page_size=0", "page_size=1001"]) expect((await get(`/requests.json?${bad}`)).status, bad).toBe(400);
  });

  it("15: status and service_code take lists", async () => {
    const all = await list("page_size=1000");
    const open = await list("status=open");
    const closed = await list("status=closed");
    expect(closed.length).toBeGreaterThan(0);
    expect(new Set(open.map((r) => r.status))).toEqual(new Set(["open"]));
    expect(new Set(closed.map((r) => r.status))).toEqual(new Set(["closed"]));
    expect(await list("status=open,closed")).toEqual(all);
    expect(await list("status=")).toEqual(all);
    expect((await get("/requests.json?status=maybe")).status).toBe(400);
    const two = await list("service_code=repair.water,env.bulky");
    expect(new Set(two.map((r) => r.service_code))).toEqual(new Set(["repair.water", "env.bulky"]));
    expect(await list("service_code=no.such")).toEqual([]);
    expect(await list("service_code=repair_water")).toEqual([]);
    expect((await get("/requests.xml?service_code=no.such")).text).toContain("<service_requests></service_requests>");
  });

  it("16: the XML is the JSON, through a converter of our own, on random texts", async () => {
    let seed = 20261124;
    const random = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
    const pool = [..."aZ09 <>&\"'`]\r\n\t水🚰𠮷é\u0085\u2028\u00a0\u0001\u001f\ufffe", "]]>", "&amp;", "<![CDATA[", "--", "\r"];
    const ids: string[] = [];
    for (let i = 0; i < 40; i++) {
      const description = Array.from({ length: random(60) }, () => pool[random(pool.length)]).join("");
      const lat = ((random(180_000_000) - 90_000_000) / 1e6).toString(), long = ((random(360_000_000) - 180_000_000) / 1e6).toString();
      ids.push(await file({ description, lat, long, media_url: random(2) ? "https://example.org/a?b=1&c=<2>" : "" }));
    }
    const paths = [
      `/requests?extensions=true&service_request_id=${ids.join()}`, "/requests?extensions=true&page_size=200", "/services", "/services/env.bulky", "/services/repair.lamp",
      "/discovery", `/requests/${ids[0]}`, `/servicerequestupdates?api_key=${key}`, "/requests?service_code=no.such", "/requests/none", "/requests?status=maybe",
    ];
    for (const path of paths) {
      const [name, query = ""] = path.split("?");
      const [xml, json] = [await get(`${name}.xml?${query}`), await get(`${name}.json?${query}`)];
      expect(sparkOf(parseXml(xml.text)), path).toEqual(JSON.parse(json.text, (_, value) => (["number", "boolean"].includes(typeof value) ? String(value) : value)));
      expect(xml.status).toBe(json.status);
    }
    const [a] = (await get(`/requests/${ids[0]}.json`)).json;
    expect(typeof a.lat).toBe("number");
    expect(typeof a.service_request_id).toBe("string");
  });

  it("17: once closed, updated_datetime is the closing time, whatever is said afterwards", async () => {
    const resident = await server.resident("19900007102");
    const lamp = await itemOf("repair.lamp");
    const filed = await resident.post("/api/v1/requests", { item: lamp.id, door: "DEM0DEM0DEM0DEM0", words: "家里老人摔了，三栋二单元301" });
    expect(filed.status, filed.text).toBe(201);
    const id = filed.json.id;
    const steward = await server.become("steward");
    const step = async (who: Client, action: string, input: object) => {
      const now = (await who.get(`/api/v1/requests/${id}`)).json;
      const done = await who.act(now, action, input);
      expect(done.status, `${action}: ${done.text}`).toBe(200);
      return done.json;
    };
    await step(steward, "sign", {});
    await step(steward, "finish", { note: "换了灯泡", without_photo: "夜里" });
    expect((await one(id)).status).toBe("open"); // nobody has said yet that it is done
    const closed = await step(resident, "confirm", {});
    const told = await one(id);
    expect(told.status).toBe("closed");
    expect(Date.parse(told.updated_datetime)).toBe(Math.floor(Date.parse(closed.closed_at) / 1000) * 1000);
    await new Promise((r) => setTimeout(r, 1100));
    await step(resident, "rate", { rating: 5 });
    expect(await one(id)).toMatchObject({ status: "closed", updated_datetime: told.updated_datetime });
    // What came by the app says nothing of who and where.
    expect(told.description).toBe(told.service_name);
    expect(told.lat).toBeNull();
    expect(JSON.stringify(told)).not.toMatch(/老人|301|3栋|太阳园/);
  });

  it("18: expected_datetime is when it is due", async () => {
    const id = await file();
    const desk = await server.become("district_leader");
    const seen = await desk.get(`/api/v1/requests/${id}`);
    expect(seen.status, seen.text).toBe(200);
    expect(Date.parse((await one(id)).expected_datetime)).toBe(Math.floor(Date.parse(seen.json.due_at) / 1000) * 1000);
  });

  it("19: a private case is in no list and has no page", async () => {
    const item = (await client.get("/api/v1/items")).json.items.find((i: any) => i.private_always);
    const id = await file({ service_code: item.code, description: "夫妻吵架" });
    for (const path of [`/requests/${id}.json`, `/requests/${id}.xml`]) expect((await get(path)).status).toBe(404);
    expect(await list(`service_request_id=${id}`)).toEqual([]);
    expect(await list(`service_code=${item.code}`)).toEqual([]);
    expect((await get("/requests.csv")).text).not.toContain(id);
    expect((await get(`/servicerequestupdates.json?api_key=${key}`)).text).not.toContain(id);
    // It is there for those who have to see to it.
    expect((await (await server.become("district_leader")).get(`/api/v1/requests/${id}`)).status).toBe(200);
  });

  it("20: name, number and mail of who reports are in no answer", async () => {
    const id = await file({ first_name: "秀英", last_name: "欧阳", phone: "13912345678", email: "ouyang@example.org", device_id: "device-77", account_id: "account-88", description: "灯不亮" });
    const paths = [`/requests/${id}.xml?extensions=true`, `/requests/${id}.json?extensions=true`, "/requests.json?page_size=50&extensions=true", "/requests.xml", "/requests.csv", `/servicerequestupdates.xml?api_key=${key}`];
    for (const path of paths) {
      const { text } = await get(path);
      for (const never of ["秀英", "欧阳", "13912345678", "ouyang", "device-77", "account-88"]) expect(text, path).not.toContain(never);
    }
    const seen = (await (await server.become("district_leader")).get(`/api/v1/requests/${id}`)).text;
    expect(seen).toContain("灯不亮");
    expect(seen).not.toContain("13912345678"); // masked, until somebody says why they need it
  });

  it("21: the same form sent again with its Idempotency-Key answers the first id; another form does not pass for it", async () => {
    const headers = { "content-type": formType, "idempotency-key": "queue-1" };
    const body = encode(plain({ description: "再发一次" }));
    const first = await postTo("/requests.json", body, headers);
    expect(first.status).toBe(200);
    const again = await postTo("/requests.json", body, headers);
    expect(again.status).toBe(200);
    expect(again.json).toEqual(first.json);
    expect(again.headers.get("content-type")).toBe(jsonType);
    const both = await Promise.all([1, 2, 3, 4].map(() => postTo("/requests.json", body, { ...headers, "idempotency-key": "queue-2" })));
    expect(new Set(both.map((b) => b.json[0].service_request_id)).size).toBe(1);
    const other = await postTo("/requests.json", encode(plain({ description: "另一件事" })), headers);
    expect(other.status).toBe(400);
    expect(errorsOf(other)[0].description).toContain("Idempotency-Key");
    // Another program's keys are its own.
    const theirs = await newKey("other");
    const separate = await postTo("/requests.json", encode({ ...plain({ description: "再发一次" }), api_key: theirs }), headers);
    expect(separate.json[0].service_request_id).not.toBe(first.json[0].service_request_id);
    // Without the header two are two.
    expect((await postTo("/requests.json", body)).json[0].service_request_id).not.toBe(first.json[0].service_request_id);
  });

  it("22: a multipart form with files", async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries(plain({ description: "带照片\r\n第二行" }))) form.append(name, value);
    form.append("media", new Blob([pngPixels(64, 48)], { type: "image/png" }), "a.png");
    form.append("media[]", new Blob([pngPixels(32, 32)], { type: "image/png" }), "b.png");
    form.append("file", new Blob(["no picture"], { type: "image/jpeg" }), "c.jpg");
    form.append("empty", new Blob([]), "");
    const answer = await postTo("/requests.json", form, {});
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json[0].service_notice).toMatch(/1 files/);
    const id = answer.json[0].service_request_id;
    expect((await one(id)).description).toBe("带照片\r\n第二行");
    const seen = (await (await server.become("district_leader")).get(`/api/v1/requests/${id}`)).json;
    expect(seen.photo_count).toBe(2);
  });

  it("23: a batch service answers with a token, and the token with the id", async () => {
    const item = await itemOf("env.pest");
    const put = await admin.send("PUT", `/api/v1/items/${item.id}/open311`, { body: JSON.stringify({ batch: true, keywords: "rats" }), headers: { "content-type": "application/json" } });
    expect(put.status, put.text).toBe(200);
    const services = (await get("/services.json")).json;
    expect(services.find((s: any) => s.service_code === "env.pest")).toMatchObject({ type: "batch", keywords: "rats", metadata: false });
    const filed = await post(plain({ service_code: "env.pest" }), "/requests.xml");
    const request = children(parseXml(filed.text))[0];
    expect(children(request).map((c) => c.name)).not.toContain("service_request_id");
    const token = textOf(child(request, "token"));
    const answer = await get(`/tokens/${token}.json`);
    expect(answer.json).toEqual([{ service_request_id: expect.any(String), token }]);
    expect((await one(answer.json[0].service_request_id)).service_code).toBe("env.pest");
    const xml = children(parseXml((await get(`/tokens/${token}.xml`)).text))[0];
    expect(textOf(child(xml, "service_request_id"))).toBe(answer.json[0].service_request_id);
  });

  it("is patient with how clients write: a bare question mark, empty parameters, a line end after the form, the key in the query", async () => {
    expect((await get("/services.xml?")).status).toBe(200);
    expect((await get("/requests.json?&service_code=&status=&start_date=&end_date=&page=&page_size=")).status).toBe(200);
    expect((await postTo("/requests.xml?", encode(plain()) + "\r\n")).status).toBe(200);
    const { api_key, ...rest } = plain();
    expect((await postTo(`/requests.xml?api_key=${api_key}`, encode(rest))).status).toBe(200);
    // Straight from a socket, without a Content-Type.
    const status = await new Promise<number>((done, failed) => {
      const asked = httpRequest(`${server.url}${base}/requests.xml`, { method: "POST" }, (res) => {
        res.resume();
        done(res.statusCode ?? 0);
      });
      asked.on("error", failed);
      asked.end(encode(plain()));
    });
    expect(status).toBe(200);
    const head = await client.send("HEAD", `${base}/services.xml`);
    expect(head.status).toBe(200);
    expect((await client.send("DELETE", `${base}/requests.xml`)).status).toBe(405);
  });

  it("gives the bulk file with its fourteen columns", async () => {
    const id = await file({ description: "a,\"b\"\r\nc", lat: "-27.5", long: "106.5" });
    const { text } = await get("/requests.csv?service_code=repair.lamp&status=open");
    const lines = text.split("\r\n");
    expect(lines[0]).toBe('"service_request_id","requested_datetime","updated_datetime","closed_date","status_description","status_notes","source","service_name","service_subtype","description","agency_responsible","address","lat","long"');
    expect(text).toContain(`${id},`);
    expect(text).toContain('"a,""b""\r\nc"');
    expect(text).toMatch(/,-27.5,106.5\r\n/);
    expect((await get("/requests.csv?start_date=2001-01-01T00:00:00Z&end_date=2002-01-01T00:00:00Z")).text.split("\r\n")).toHaveLength(2);
  });

  it("tells what happened, and takes a word about what was filed with the same key", async () => {
    const id = await file({ description: "一直不亮" });
    const window = `start_date=${iso(Date.now() - 60_000)}&end_date=${iso(Date.now() + 60_000)}`;
    for (const wrong of ["", "api_key=wrong&"]) expect((await get(`/servicerequestupdates.xml?${wrong}${window}`)).status).toBe(403);
    const all: any[] = [];
    for (let page = 0, more = 1000; more === 1000; page++) {
      const { json } = await get(`/servicerequestupdates.json?api_key=${key}&${window}&page=${page}`);
      all.push(...json);
      more = json.length;
    }
    expect(new Set(all.map((u) => u.update_id)).size).toBe(all.length);
    expect(all.filter((u) => u.service_request_id === id).map((u) => u.status)).toEqual(["FOR_TRIAGE", "ACTION_SCHEDULED"]);
    const say = (fields: Record<string, string>) => post({ api_key: key, service_request_id: id, updated_datetime: iso(Date.now()), ...fields }, "/servicerequestupdates.json");
    const said = await say({ status: "FIXED", description: "今天亮了，联系 13912345678" });
    expect(said.status, said.text).toBe(200);
    expect(said.json[0].update_id).toMatch(/^[0-9A-Z]{14}$/);
    expect((await one(id)).status).toBe("open"); // a word closes nothing
    const seen = (await (await server.become("district_leader")).get(`/api/v1/requests/${id}`)).text;
    expect(seen).toContain("[FIXED] 今天亮了");
    expect((await get(`/requests/${id}.json?extensions=true`)).text).not.toContain("今天亮了");
    expect((await say({ status: "SOLVED", description: "x" })).status).toBe(400);
    expect((await say({})).status).toBe(400);
    expect((await post({ api_key: key, status: "OPEN" }, "/servicerequestupdates.xml")).status).toBe(400);
    const theirs = await newKey("stranger");
    expect((await say({ api_key: theirs, status: "OPEN", description: "x" })).status).toBe(404);
    const demo = (await list("page_size=1000")).find((r) => !r.lat && r.status === "closed");
    expect((await say({ service_request_id: demo.service_request_id, description: "x" })).status).toBe(404);
  });

  it("takes a key so many times a minute, as the administrator says, and then tells when to come again", async () => {
    const made = (await admin.post("/api/v1/open311-keys", { name: "runs wild" })).json;
    expect(made.per_minute).toBe(600);
    const slow = await admin.patch(`/api/v1/open311-keys/${made.id}`, { per_minute: 2 });
    expect(slow.status, slow.text).toBe(200);
    expect((await admin.patch(`/api/v1/open311-keys/${made.id}`, { per_minute: 7000 })).status).toBe(400);
    const call = () => postTo("/requests.json", new URLSearchParams({ api_key: made.api_key, service_code: "no.such" }).toString());
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(await call()); // six: a minute may begin in between
    const late = answers.filter((answer) => answer.status === 429);
    expect(late.length).toBeGreaterThan(0);
    for (const answer of late) {
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(60);
      expect(errorsOf(answer)[0]).toMatchObject({ code: "429" });
    }
    expect(answers.filter((answer) => answer.status === 404).length).toBeGreaterThanOrEqual(2);
  });

  it("lets the system administrator make and revoke keys, told once and kept as a hash", async () => {
    expect((await (await server.become("security_admin")).get("/api/v1/open311-keys")).status).toBe(403);
    const made = (await admin.post("/api/v1/open311-keys", { name: "一次" })).json;
    const keys = await admin.get("/api/v1/open311-keys");
    expect(keys.json.items[0]).toMatchObject({ id: made.id, name: "一次", ended_at: null });
    expect(keys.text).not.toContain(made.api_key);
    expect(keys.text).not.toContain("hash");
    expect((await post({ ...plain(), api_key: made.api_key })).status).toBe(200);
    expect((await admin.send("DELETE", `/api/v1/open311-keys/${made.id}`)).status).toBe(204);
    expect((await post({ ...plain(), api_key: made.api_key })).status).toBe(403);
    expect((await admin.send("DELETE", `/api/v1/open311-keys/${made.id}`)).status).toBe(409);
    expect((await admin.get("/api/v1/open311-keys")).json.items[0].ended_at).not.toBeNull();
    expect((await admin.post("/api/v1/open311-keys", { name: " " })).status).toBe(400);
  });

  it("lets the system administrator set what a service asks", async () => {
    const item = await itemOf("env.green");
    const put = (body: object) => admin.send("PUT", `/api/v1/items/${item.id}/open311`, { body: JSON.stringify(body), headers: { "content-type": "application/json" } });
    const tree = { code: "TREE", datatype: "singlevaluelist", required: true, description: "什么树", choices: "1=樟树\n2=桂花树" };
    expect((await put({ attributes: [tree] })).status).toBe(200);
    const definition = (await get("/services/env.green.json")).json;
    expect(definition).toEqual({
      service_code: "env.green",
      attributes: [{ variable: true, code: "TREE", datatype: "singlevaluelist", required: true, datatype_description: null, order: 1, description: "什么树", values: [{ key: "1", name: "樟树" }, { key: "2", name: "桂花树" }] }],
    });
    expect((await admin.get(`/api/v1/items/${item.id}/open311`)).json.attributes[0].choices).toBe(tree.choices);
    for (const wrong of [{ ...tree, choices: "" }, { ...tree, choices: "1" }, { ...tree, choices: "1=a\n1=b" }, { ...tree, code: "a b" }, { ...tree, datatype: "list" }, { ...tree, datatype: "text" }])
      expect((await put({ attributes: [wrong] })).status, JSON.stringify(wrong)).toBe(400);
    expect((await put({ attributes: [tree, tree] })).status).toBe(400);
    expect((await put({ attribute: [] })).status).toBe(400);
    expect((await get("/services/env.green.json")).json.attributes).toHaveLength(1); // what was refused changed nothing
    expect((await put({ attributes: [] })).status).toBe(200);
    expect((await get("/services/env.green.json")).json.attributes).toEqual([]);
  });
});

describe.each(engines)("Open311 where several districts answer, on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  beforeAll(async () => {
    server = await Server.start(place, ["--jurisdiction", "zunyi.honghuagang"]);
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });

  it("3: jurisdiction_id absent or empty is 400, a wrong one 404, the right one taken", async () => {
    const client = server.client();
    const admin = await server.become("system_admin");
    const key = (await admin.post("/api/v1/open311-keys", { name: "several" })).json.api_key;
    const cases: [string | undefined, number][] = [[undefined, 400], ["", 400], ["elsewhere", 404], ["zunyi.honghuagang", 200]];
    for (const [jurisdiction_id, status] of cases) {
      const query = jurisdiction_id === undefined ? "" : `jurisdiction_id=${jurisdiction_id}`;
      for (const path of ["services", "services/env.bulky", "requests", `servicerequestupdates`])
        for (const ending of ["xml", "json"])
          expect((await client.get(`${base}/${path}.${ending}?api_key=${key}&${query}`)).status, `${path} ${query}`).toBe(status);
      expect((await client.get(`${base}/requests.csv?${query}`)).status).toBe(status);
      const body = encode({ api_key: key, service_code: "repair.lamp", lat: "27.7", long: "106.9", ...(jurisdiction_id === undefined ? {} : { jurisdiction_id }) });
      expect((await client.send("POST", `${base}/requests.xml`, { body, headers: { "content-type": formType } })).status).toBe(status);
    }
    expect((await client.get(`${base}/discovery.xml`)).status).toBe(200);
  });
});
