// SPDX-License-Identifier: MulanPSL-2.0
// The ledger's pages in a browser: axe, sizes, keys; the map and its list say the same; the wall names nobody.
import { mkdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Server, demoPlace } from "../api/harness";
import { DESKTOP, ELDER, checkPage } from "./checks";
import { DESK, type Lang, PHONE, Visitor, launch, web } from "./phones";

const place = demoPlace("sqlite");
const shots = process.env.SHOTS; // a folder: pictures of what is tried, to be looked at
let server: Server;
let browser: Browser;
beforeAll(async () => {
  server = await Server.start(place);
  browser = await launch();
  if (shots) mkdirSync(shots, { recursive: true });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  place.remove();
});

async function examine(who: Visitor, name: string, phone: boolean): Promise<string[]> {
  await who.page.waitForFunction(() => !document.querySelector(".skeleton, [aria-busy=true]"));
  if (shots) await who.page.screenshot({ path: `${shots}/ledger-${name}.png`, fullPage: true });
  return (await checkPage(who.page, { web, sizes: phone ? ELDER : DESKTOP, reflow: phone ? 320 : 960 })).map((one) => `${name}: ${one}`);
}

describe.each(["zh", "en"] as Lang[])("in %s", (lang) => {
  it("the public ledger, on a phone and on a wall", async () => {
    const who = await Visitor.come(browser, server, lang, PHONE);
    await who.go("/ledger");
    await who.page.locator(".place-map path").first().waitFor();
    const faults = await examine(who, `public-${lang}`, true);
    expect(await who.page.locator(".place-map path.map-area").count()).toBeGreaterThan(150); // communities, none of grids
    await who.page.setViewportSize({ width: 1920, height: 1080 });
    await who.go("/ledger?wall=1");
    await who.page.locator(".place-map path").first().waitFor();
    const small = await who.page.evaluate(() =>
      [...document.querySelectorAll("main *")].filter((one) => one.childNodes.length && [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent!.trim()) && (one as HTMLElement).checkVisibility?.() && parseFloat(getComputedStyle(one).fontSize) < 24).map((one) => one.textContent!.trim().slice(0, 30)),
    );
    expect(small).toEqual([]);
    if (shots) await who.page.screenshot({ path: `${shots}/ledger-wall-${lang}.png` });
    expect(faults).toEqual([]);
    expect(who.faults()).toEqual([]);
    await who.leave();
  });

  it("the console's ledger, map and re-checks", async () => {
    const who = await Visitor.come(browser, server, lang, DESK);
    await who.become("韩静");
    await who.page.locator("main h1").waitFor();
    const faults: string[] = [];
    for (const [name, path] of [["ledger", "/console/ledger"], ["map", "/console/ledger/map?by=grid&figure=filed"], ["rechecks", "/console/rechecks"]]) {
      await who.go(path);
      await who.page.locator("main h1").waitFor();
      faults.push(...(await examine(who, `${name}-${lang}`, false)));
    }
    await who.go("/console/ledger/map?by=grid&figure=filed");
    const row = who.page.locator(".map-row").first();
    await row.waitFor();
    expect(await who.page.locator(".map-row").count()).toBe(492);
    await row.focus();
    await who.page.keyboard.press("Enter");
    await expect.poll(() => row.getAttribute("aria-pressed")).toBe("true");
    expect(await who.page.locator(".map-chosen").count()).toBe(1);
    expect(faults).toEqual([]);
    expect(who.faults()).toEqual([]);
    await who.leave();
  });
});
