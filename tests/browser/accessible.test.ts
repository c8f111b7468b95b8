// SPDX-License-Identifier: MulanPSL-2.0
// Every page of the three apps, in both languages: axe, sizes for elder eyes and fingers, the walk with Tab (once), nothing
// sideways at 320 px (of the console, made for a desk, at 960), and nothing lost at the largest text. One engine: pages do not know which it is.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, demoPlace } from "../api/harness";
import { pngPixels } from "../api/pictures";
import { DESKTOP, ELDER, checkPage, checkReflow, checkSizes } from "./checks";
import { DESK, type Lang, PHONE, REFUSED, Visitor, demoDoor, launch, web, wordsOf } from "./phones";

const place = demoPlace("sqlite");
let server: Server;
let browser: Browser;
const ids: Record<string, string> = {};

beforeAll(async () => {
  server = await Server.start(place);
  browser = await launch();
  const resident = await server.become("resident_wang");
  const steward = await server.become("steward");
  ids.asked = await finished(resident, steward, "单元门的灯不亮");
  ids.open = await filed(resident, "走廊尽头的灯也不亮，老人怕摔。");
  const where = await server.client().get(`/api/v1/doors/${demoDoor}`);
  ids.building = where.json.place.id;
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  place.remove();
});

async function filed(resident: Client, words: string): Promise<string> {
  const item = (await resident.get("/api/v1/items")).json.items.find((one: { code: string }) => one.code === "repair.lamp");
  const media = (await resident.upload("/api/v1/media", pngPixels(640, 480), "a.png", "image/png", { purpose: "report" })).json.id;
  const answer = await resident.post("/api/v1/requests", { item: item.id, door: demoDoor, words, media: [media], contact_name: "王秀英", door_number: "2单元301" });
  expect(answer.status, answer.text).toBe(201);
  return answer.json.id;
}
async function finished(resident: Client, steward: Client, words: string): Promise<string> {
  const id = await filed(resident, words);
  const now = (await steward.act((await steward.get(`/api/v1/requests/${id}`)).json, "sign")).json;
  const media = (await steward.upload("/api/v1/media", pngPixels(640, 480), "b.png", "image/png", { purpose: "after" })).json.id;
  expect((await steward.act(now, "finish", { note: "换好了", media: [media] })).status).toBe(200);
  return id;
}

async function settled(who: Visitor): Promise<void> {
  await who.page.locator("main h1, .l-nav h1, h1").first().waitFor();
  await who.page.waitForFunction(() => !/正在载入|正在加载|Loading…/.test(document.body.innerText) && !document.querySelector(".skeleton, [aria-busy=true]"));
}

/** The page as it stands, at the usual text and at the largest. */
async function examine(who: Visitor, name: string, large: boolean, faults: string[]): Promise<void> {
  await settled(who);
  const tabWalk = who.lang === "zh"; // the same elements in either language
  const found = await checkPage(who.page, { web, sizes: large ? ELDER : DESKTOP, reflow: large ? 320 : 960, tabWalk });
  if (large) {
    await who.page.evaluate(() => (document.documentElement.dataset.size = "4"));
    found.push(...(await checkSizes(who.page, ELDER)).map((one) => `largest text: ${one}`));
    found.push(...(await checkReflow(who.page)).map((one) => `largest text: ${one}`));
    await who.page.evaluate(() => (document.documentElement.dataset.size = "1"));
  }
  faults.push(...found.map((one) => `${name}: ${one}`));
}

describe.each(["zh", "en"] as Lang[])("in %s", (lang) => {
  const t = wordsOf("resident", lang);

  it("the resident's pages", async () => {
    const who = await Visitor.come(browser, server, lang, PHONE, [REFUSED(404)]);
    const faults: string[] = [];
    const at = async (path: string, name = path) => {
      await who.go(path);
      await examine(who, name, true, faults);
    };
    await at("/");
    await at("/q/0000000000000000", "an unknown door");
    await at(`/q/${demoDoor}`, "the door");
    await at("/mine", "mine, not signed in");
    await at("/nothing-here", "lost");
    await who.page.locator(".demo-banner > button").click();
    await who.page.locator(".demo-people button").nth(3).waitFor();
    await examine(who, "the people of the demo", true, faults);

    await who.become("王秀英");
    await at("/", "home, signed in");
    await at(`/q/${demoDoor}/new`, "new, step 1");
    await who.page.getByRole("radio", { name: t("kind.repair") }).check();
    await examine(who, "new, the items", true, faults);
    await who.page.locator(".l-choice").nth(1).getByRole("radio").first().check();
    await who.button(t("new.next")).click();
    await who.page.locator("input[type=file]").setInputFiles({ name: "a.png", mimeType: "image/png", buffer: pngPixels(320, 240) });
    await who.page.locator("canvas").waitFor();
    await who.page.locator("textarea").fill("灯不亮");
    await examine(who, "new, step 2", true, faults);
    await who.button(t("new.next")).click();
    await who.button(t("new.send")).waitFor();
    await examine(who, "new, step 3", true, faults);
    await at("/mine");
    await at(`/r/${ids.open}`, "a request under way");
    await at(`/r/${ids.asked}`, "a request to confirm");
    await who.button(t("req.yes")).click();
    await who.page.getByRole("dialog").waitFor();
    await examine(who, "the stars", true, faults);
    await at("/notices");
    for (const path of ["/wall", "/wishes", "/deeds", "/ledger", "/me"]) await at(path);
    expect(faults).toEqual([]);
    expect(who.faults()).toEqual([]);
    await who.leave();
  });

  it("the worker's pages", async () => {
    const who = await Visitor.come(browser, server, lang);
    const w = wordsOf("worker", lang);
    const faults: string[] = [];
    const at = async (path: string, name = path) => {
      await who.go(path);
      await examine(who, name, true, faults);
    };
    await at("/work", "sign-in");
    await who.become("罗启明", "/work");
    await at("/work", "the worklist");
    await at("/work/all");
    await at(`/work/r/${ids.asked}`, "a request that is done");
    await at(`/work/r/${ids.open}`, "a request to sign for");
    await who.button(w("act.return")).click();
    await who.page.getByRole("dialog").waitFor();
    await examine(who, "sending back", true, faults);
    for (const path of ["/work/round", "/work/disputes", "/work/notices", "/work/me"]) await at(path);
    expect(faults).toEqual([]);
    expect(who.faults()).toEqual([]);
    await who.leave();
  });

  it("the console's pages", async () => {
    const who = await Visitor.come(browser, server, lang, DESK, [REFUSED(403)]);
    const faults: string[] = [];
    const at = async (path: string) => {
      await who.go(path);
      await examine(who, path.replace(ids.asked, ":id").replace(ids.building, ":id"), false, faults);
    };
    await at("/console/sign-in");
    await who.become("杨晓岚");
    for (const path of ["", "/requests", `/requests/${ids.asked}`, `/places/${ids.building}`, "/orgs?vacant=1", "/tasks", "/rounds", "/round-plans", "/care", "/ledger", "/returns", "/disputes", "/disputes/counts", "/stations", "/exclusions", "/password", "/nothing", "/people"]) await at(`/console${path}`);
    await who.become("方正", "/console");
    for (const path of ["", `/places/${ids.building}`, `/posters?place=${ids.building}`, "/orgs", "/people", "/items", "/imports", "/open311", "/notices"]) await at(`/console${path}`);
    await who.become("程守安", "/console");
    for (const path of ["/people", "/grants"]) await at(`/console${path}`);
    await who.become("沈明察", "/console");
    await at("/console/audit");
    expect(faults).toEqual([]);
    expect(who.faults()).toEqual([]);
    await who.leave();
  });
});
