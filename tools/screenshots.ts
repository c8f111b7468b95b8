// SPDX-License-Identifier: MulanPSL-2.0
// Makes docs/pictures anew from the demo district: web/node_modules/.bin/vite-node tools/screenshots.ts
import { join } from "node:path";
import { Server, freshPlace, root } from "../tests/api/harness";
import { type Page, chromium } from "../web/node_modules/playwright-core/index.mjs";

const door = "/q/DEM0DEM0DEM0DEM0";
const phone = { width: 390, height: 844 }, desktop = { width: 1440, height: 900 };
const pictures: { name: string; as?: string; path: string; size: { width: number; height: number } }[] = [
  { name: "phone-building", path: door, size: phone },
  { name: "phone-worklist", as: "steward", path: "/work", size: phone },
  { name: "console-desk", as: "community_worker", path: "/console", size: desktop },
  { name: "console-list", as: "community_worker", path: "/console/requests", size: desktop },
];

async function become(page: Page, key: string): Promise<void> {
  await page.evaluate(async (person) => {
    await fetch("/api/v1/demo/become", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ key: person }) });
  }, key);
}

const place = freshPlace("sqlite");
const server = await Server.start(place);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
for (const { name, as, path, size } of pictures) {
  const context = await browser.newContext({ viewport: size, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
  const page = await context.newPage();
  await page.goto(server.url + "/");
  if (as) await become(page, as);
  await page.goto(server.url + path);
  await page.waitForSelector("main h1, main h2, h1");
  await page.waitForTimeout(2500); // lists come in
  await page.screenshot({ path: join(root, `docs/pictures/${name}.png`) });
  await context.close();
}
await browser.close();
await server.stop();
place.remove();
