// SPDX-License-Identifier: MulanPSL-2.0
// Makes docs/pictures anew from the demo district: web/node_modules/.bin/vite-node tools/screenshots.ts
import { join } from "node:path";
import { type Client, Server, freshPlace, root } from "../tests/api/harness";
import { type Page, chromium } from "../web/node_modules/playwright-core/index.mjs";

const DOOR = "DEM0DEM0DEM0DEM0";
const WORDS = "2单元三楼到四楼的灯不亮，晚上上下楼全靠手机照着，老人家不敢出门。";
const phone = { width: 390, height: 844 }, desktop = { width: 1440, height: 900 };
interface Picture {
  name: string;
  as?: string; // the demo person; nobody signed in without
  path: string;
  size: { width: number; height: number };
  ready: string; // what has to be there
  prepare?: (page: Page) => Promise<void>;
}

const place = freshPlace("sqlite");
const server = await Server.start(place);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", env: { ...process.env, LANGUAGE: "zh_CN" }, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--lang=zh-CN"] });

async function become(page: Page, key: string): Promise<void> {
  await page.evaluate(async (person) => {
    await fetch("/api/v1/demo/become", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ key: person }) });
  }, key);
}

/** A picture of a stairwell, drawn in the browser: dark before, lit after. */
async function stairwell(lit: boolean): Promise<Uint8Array> {
  const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
  const wall = lit ? "#e9dcc0" : "#34302c", floor = lit ? "#b7a888" : "#24211f", edge = lit ? "#8d7f63" : "#171513";
  const steps = Array.from({ length: 9 }, (_none, n) => `<path d="M${150 + n * 42} ${560 - n * 42}h330v42h-330z" fill="${n % 2 ? floor : edge}"/>`).join("");
  const lamp = lit
    ? '<radialGradient id="g"><stop offset="0" stop-color="#fffbe0"/><stop offset="1" stop-color="#fffbe0" stop-opacity="0"/></radialGradient><circle cx="250" cy="90" r="300" fill="url(#g)"/><circle cx="250" cy="90" r="34" fill="#fff8c9" stroke="#c9b26a" stroke-width="4"/>'
    : '<circle cx="250" cy="90" r="34" fill="#55504a" stroke="#6d675f" stroke-width="4"/>';
  await page.setContent(`<style>body{margin:0}</style><svg width="800" height="600"><rect width="800" height="600" fill="${wall}"/>${lamp}${steps}<path d="M120 520L560 80" stroke="${edge}" stroke-width="14"/></svg>`);
  const bytes = await page.screenshot({ type: "jpeg", quality: 85 });
  await page.close();
  return bytes;
}
async function photo(who: Client, lit: boolean, purpose: string): Promise<string> {
  const answer = await who.upload("/api/v1/media", await stairwell(lit), "photo.jpg", "image/jpeg", { purpose });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.json.id;
}

/** One request told whole: asked with a photo, signed for, done with a photo. */
async function request(): Promise<string> {
  const resident = await server.become("resident_wang"), steward = await server.become("steward");
  const item = (await resident.get("/api/v1/items")).json.items.find((one: { code: string }) => one.code === "repair.lamp");
  const filed = await resident.post("/api/v1/requests", { item: item.id, door: DOOR, words: WORDS, media: [await photo(resident, false, "report")] });
  if (filed.status !== 201) throw new Error(filed.text);
  const seen = (await steward.get(`/api/v1/requests/${filed.json.id}`)).json;
  const signed = (await steward.act(seen, "sign")).json;
  const done = await steward.act(signed, "finish", { note: "换了新灯管，三楼和四楼都亮了。", media: [await photo(steward, true, "after")] });
  if (done.status !== 200) throw new Error(done.text);
  return filed.json.id;
}

async function sayNeed(page: Page): Promise<void> {
  await page.getByRole("radio", { name: "报修" }).check();
  await page.getByRole("radio", { name: "楼道灯、路灯不亮" }).check();
  await page.getByRole("button", { name: "下一步" }).click();
  await page.locator("textarea").fill(WORDS);
  await page.locator("input[type=file]").setInputFiles({ name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.from(await stairwell(false)) });
  await page.locator(".l-picker-list canvas").waitFor();
  await page.locator("textarea").blur();
  await page.evaluate(() => window.scrollTo(0, 310)); // from the words down to the photo
}
// The whole sheet, seen from a little further away.
const fromAfar = (page: Page) => page.evaluate(() => document.body.style.setProperty("zoom", "0.68"));

/** Two more for the steward to sign for. */
async function fresh(): Promise<void> {
  const resident = await server.become("resident_li");
  const items = (await resident.get("/api/v1/items")).json.items as { id: string; code: string }[];
  for (const [code, words] of [["repair.door", "单元门关不严，夜里一直被风吹得响。"], ["env.rubbish", "一楼楼梯间又堆了纸箱，推婴儿车过不去。"]]) {
    const filed = await resident.post("/api/v1/requests", { item: items.find((one) => one.code === code)!.id, door: DOOR, words });
    if (filed.status !== 201) throw new Error(filed.text);
  }
}

const told = await request();
await fresh();
const building = (await server.client().get(`/api/v1/doors/${DOOR}`)).json.place.id;
const pictures: Picture[] = [
  { name: "phone-building", path: `/q/${DOOR}`, size: phone, ready: ".wall-card" },
  { name: "phone-new", path: `/q/${DOOR}/new`, size: phone, ready: ".l-choice", prepare: sayNeed },
  { name: "phone-request", as: "resident_wang", path: `/r/${told}`, size: phone, ready: ".was-done" },
  { name: "phone-worklist", as: "steward", path: "/work", size: phone, ready: ".l-card-link" },
  { name: "console-desk", as: "community_worker", path: "/console", size: desktop, ready: "tbody tr" },
  { name: "console-list", as: "community_worker", path: "/console/requests", size: desktop, ready: "tbody tr" },
  { name: "console-request", as: "community_worker", path: `/console/requests/${told}`, size: desktop, ready: ".photos img" },
  { name: "poster", as: "system_admin", path: `/console/posters?place=${building}`, size: desktop, ready: ".poster-qr", prepare: fromAfar },
];
for (const { name, as, path, size, ready, prepare } of pictures) {
  const context = await browser.newContext({ viewport: size, locale: "zh-CN", timezoneId: "Asia/Shanghai", reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(server.url + "/");
  if (as) await become(page, as);
  await page.goto(server.url + path);
  await page.locator(ready).first().waitFor();
  await prepare?.(page);
  await page.waitForTimeout(1500); // photos and numbers come in
  await page.screenshot({ path: join(root, `docs/pictures/${name}.png`) });
  await context.close();
}
await browser.close();
await server.stop();
place.remove();
