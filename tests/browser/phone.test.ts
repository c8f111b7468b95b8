// SPDX-License-Identifier: MulanPSL-2.0
// The main job, from a door's code to "it was done", through the pages of two or three phones at once.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Server, demoPlace } from "../api/harness";
import { pngPixels } from "../api/pictures";
import { type Lang, NO_NETWORK, REFUSED, Visitor, codeFrom, demoDoor, launch, runs, wordsOf } from "./phones";

const photo = (name: string) => ({ name, mimeType: "image/png", buffer: pngPixels(640, 480) });
const items = { lamp: { zh: "楼道灯、路灯不亮", en: "Stairwell or street lamp out" } };
const STEWARD = "罗启明";

// The three steps of saying what is needed, up to the button that sends it.
async function sayNeed(who: Visitor, lang: Lang, words: string): Promise<void> {
  const t = wordsOf("resident", lang);
  await who.go(`/q/${demoDoor}`);
  await who.page.getByRole("link", { name: t("home.say") }).click();
  await who.page.getByRole("radio", { name: t("kind.repair") }).check();
  await who.page.getByRole("radio", { name: items.lamp[lang] }).check();
  await who.button(t("new.next")).click();
  await who.page.getByLabel(t("new.words")).fill(words);
  await who.page.locator("input[type=file]").setInputFiles(photo("dark.png"));
  await who.page.locator(".l-picker-list canvas").waitFor();
}

async function signInAndSend(who: Visitor, lang: Lang, phone: string): Promise<void> {
  const t = wordsOf("resident", lang);
  await who.button(t("new.send")).click();
  const box = who.page.getByRole("dialog");
  const agree = box.getByRole("checkbox", { name: t("sign.agree") });
  await agree.waitFor();
  expect(await agree.isChecked()).toBe(false);
  await box.getByLabel(t("sign.phone"), { exact: true }).fill(phone);
  const from = who.server.log.length;
  await box.getByRole("button", { name: t("sign.get_code") }).click();
  await box.getByText(t("sign.need_agree")).waitFor(); // nothing was sent: no consent yet
  expect(who.server.log.slice(from)).not.toMatch(/code[= ]\d{6}/);
  await agree.check();
  await box.getByRole("button", { name: t("sign.get_code") }).click();
  await box.getByLabel(t("sign.code"), { exact: true }).fill(await codeFrom(who.server, from));
  await box.getByRole("button", { name: t("sign.enter_send") }).click();
  await who.page.waitForURL(/\/r\/[0-9A-Z]{14}\?sent=1$/);
}

const idOf = (who: Visitor) => /\/r\/([0-9A-Z]{14})/.exec(who.page.url())![1];
const card = (who: Visitor, id: string) => who.page.locator(`a[href$="/r/${id}"]`);

async function finish(who: Visitor, lang: Lang, note: string): Promise<void> {
  const t = wordsOf("worker", lang);
  await who.button(t("act.finish")).click();
  const box = who.page.getByRole("dialog");
  await box.locator("input[type=file]").setInputFiles(photo("bright.png"));
  await box.locator("canvas").waitFor();
  await box.getByLabel(t("act.note_finish")).fill(note);
  await box.getByRole("button", { name: t("act.finish") }).click();
  await who.page.getByText(t("act.done", t("act.finish"))).first().waitFor();
}

describe.each(runs)("the phones on %s, in %s", (engine, lang) => {
  const place = demoPlace(engine);
  let server: Server;
  let browser: Browser;
  beforeAll(async () => {
    server = await Server.start(place);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    expect(await server.stop()).toBe(0);
    place.remove();
  });

  const t = wordsOf("resident", lang);
  const w = wordsOf("worker", lang);
  let resident: Visitor;
  let steward: Visitor;
  beforeAll(async () => {
    resident = await Visitor.come(browser, server, lang, undefined, [NO_NETWORK]);
    steward = await Visitor.come(browser, server, lang);
    await steward.become(STEWARD);
    await steward.page.getByRole("heading", { name: w("list.title"), exact: true }).waitFor();
    await steward.mark();
  });
  afterAll(async () => {
    await resident?.leave();
    await steward?.leave();
  });

  it("carries a need from the door to five stars, live on both phones", async () => {
    const words = `${lang} 三楼的灯不亮了，老人晚上看不见。`;
    await sayNeed(resident, lang, words);

    // A reload loses nothing: words and photo are still there.
    await resident.page.reload();
    await resident.page.locator(".l-picker-list canvas").waitFor();
    expect(await resident.page.getByLabel(t("new.words")).inputValue()).toBe(words);
    await resident.page.getByText(t("new.restored")).waitFor();

    await resident.button(t("new.next")).click();
    await signInAndSend(resident, lang, lang === "zh" ? "19900004001" : "19900004002");
    await resident.page.getByText(t("sent.title"), { exact: true }).waitFor();
    const id = idOf(resident);
    await resident.mark();

    // The steward's list shows it without a reload.
    await card(steward, id).waitFor();
    expect(await steward.marked()).toBe(true);
    await card(steward, id).click();
    await steward.page.getByText(words).first().waitFor();
    await steward.button(w("act.sign")).click();
    await steward.page.getByText(w("act.done", w("act.sign"))).first().waitFor();
    await resident.page.locator(".l-status", { hasText: t("status.in_progress") }).first().waitFor();

    await finish(steward, lang, "换了新灯泡，已经亮了。");
    await resident.page.getByRole("heading", { name: t("req.done_q") }).waitFor();
    expect(await resident.marked()).toBe(true);
    await resident.page.getByText("换了新灯泡，已经亮了。").first().waitFor();
    const after = resident.page.locator(".l-photos img").first();
    await after.scrollIntoViewIfNeeded();
    await expect.poll(() => after.evaluate((img) => (img as HTMLImageElement).complete && (img as HTMLImageElement).naturalWidth), { timeout: 30_000 }).toBeGreaterThan(0);

    await resident.button(t("req.yes")).click();
    const box = resident.page.getByRole("dialog");
    await box.getByRole("button", { name: t("req.yes_send") }).click();
    await box.getByText(t("req.need_stars")).waitFor();
    await box.locator(".l-rating label").nth(4).click();
    await box.getByRole("button", { name: t("req.yes_send") }).click();
    await resident.page.getByText(t("act.confirmed")).waitFor();
    const kept = (await (await server.become("steward")).get(`/api/v1/requests/${id}`)).json;
    expect(["closed", "evaluated"]).toContain(kept.state);
    expect(kept.rating).toBe(5);
    expect(kept.media.map((one: { purpose: string }) => one.purpose).sort()).toEqual(["after", "report"]);
    expect(await resident.marked()).toBe(true);
    expect(await steward.marked()).toBe(true);
  });

  it("rings the steward's bell, live; the list of notices leads to the request, and silences it", async () => {
    const api = await server.resident(lang === "zh" ? "19900004011" : "19900004012");
    const item = (await api.get("/api/v1/items")).json.items.find((one: any) => one.code === "repair.lamp");
    await steward.go("/work");
    const bell = steward.page.locator("a.l-bell");
    await bell.waitFor();
    await bell.click();
    await steward.page.getByRole("heading", { name: w("notices.title") }).waitFor();
    await steward.page.locator("a.l-notice").first().waitFor();
    await steward.go("/work");
    await bell.waitFor();
    await expect.poll(() => bell.locator(".count").count(), { timeout: 30_000 }).toBe(0);
    await steward.mark();
    const filed = (await api.post("/api/v1/requests", { item: item.id, door: demoDoor, words: "又不亮了" })).json;
    await bell.locator(".count", { hasText: "1" }).waitFor();
    expect(await steward.marked()).toBe(true);
    await bell.click();
    const newest = steward.page.locator("a.l-notice").first();
    await newest.getByText(w("notices.new"), { exact: true }).waitFor();
    await newest.click();
    await steward.page.waitForURL(new RegExp(`/work/r/${filed.id}$`));
  });

  it("is done again when it was not done, and reopened when it breaks again", async () => {
    await steward.page.locator(".l-tabs a").first().click();
    await sayNeed(resident, lang, `${lang} 门口的灯一闪一闪。`);
    await resident.button(t("new.next")).click();
    await resident.button(t("new.send")).click(); // signed in already: it goes at once
    await resident.page.waitForURL(/\?sent=1$/);
    const id = idOf(resident);
    await card(steward, id).click();
    await steward.button(w("act.sign")).click();
    await finish(steward, lang, "拧紧了。");

    await resident.button(t("req.no")).click();
    await resident.page.getByRole("dialog").getByLabel(t("req.no_label")).fill("还是一闪一闪的");
    await resident.page.getByRole("dialog").getByRole("button", { name: t("req.no_send") }).click();
    await resident.page.getByText(t("act.denied")).waitFor();
    await steward.page.getByText("还是一闪一闪的").first().waitFor(); // live on the steward's page
    await finish(steward, lang, "整个换了。");

    await resident.button(t("req.yes")).click();
    await resident.page.getByRole("dialog").locator(".l-rating label").nth(3).click();
    await resident.page.getByRole("dialog").getByRole("button", { name: t("req.yes_send") }).click();
    await resident.page.getByText(t("act.confirmed")).first().waitFor();

    await resident.button(t("act.reopen")).click();
    await resident.page.getByRole("dialog").getByLabel(t("act.reopen_label")).fill("第二天又灭了");
    await resident.page.getByRole("dialog").getByRole("button", { name: t("action.send") }).click();
    await resident.page.getByText(t("act.reopened")).waitFor();
    await steward.button(w("act.sign")).waitFor(); // with the same steward again
  });

  it("waits where there is no network, and is sent exactly once", async () => {
    const words = `${lang} 没有网也要说：楼梯扶手松了。`;
    await resident.go("/");
    await resident.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await sayNeed(resident, lang, words);
    await resident.button(t("new.next")).click();
    await resident.button(t("new.send")).waitFor();
    await resident.context.setOffline(true);
    await resident.page.getByText(t("new.offline")).waitFor();
    await resident.button(t("new.send")).click();
    await resident.page.locator(".waiting .state", { hasText: t("wait.title") }).waitFor();
    await resident.page.locator(".waiting").getByText(words).waitFor();
    await resident.page.reload(); // without a network the pages still open, and what waits is still there
    await resident.page.locator(".waiting").getByText(words).waitFor();

    await resident.context.setOffline(false);
    await resident.page.locator(".waiting").waitFor({ state: "detached" });
    const mine = await resident.page.evaluate(async () => (await (await fetch("/api/v1/requests?mine=1")).json()).items.map((one: { words: string }) => one.words));
    expect(mine.filter((one: string) => one === words)).toHaveLength(1);
    const list = (await (await server.become("steward")).get("/api/v1/worklist")).json.items;
    expect(list.filter((one: { words: string }) => one.words === words)).toHaveLength(1);
  });

  it("has no script error, no complaint in the console and no other origin", () => {
    expect(resident.faults()).toEqual([]);
    expect(steward.faults()).toEqual([]);
  });

  it("lets one of two phones sign, and tells the other who it was", async () => {
    const filer = await server.become("resident_wang");
    const item = (await filer.get("/api/v1/items")).json.items.find((one: { code: string }) => one.code === "repair.lamp");
    const filed = (await filer.post("/api/v1/requests", { item: item.id, door: demoDoor, words: `${lang} 两个人抢着办` })).json;
    const two = [await Visitor.come(browser, server, lang, undefined, [REFUSED(409)]), await Visitor.come(browser, server, lang, undefined, [REFUSED(409)])];
    // Both signatures are on their way before either is answered.
    let held = 0;
    let open: () => void;
    const both = new Promise<void>((done) => (open = done));
    for (const one of two) {
      await one.become(STEWARD);
      await one.go(`/work/r/${filed.id}`);
      await one.page.route("**/actions/sign", async (route) => {
        if (++held === 2) open();
        await both;
        await route.continue();
      });
      await one.button(w("act.sign")).waitFor();
    }
    await Promise.all(two.map((one) => one.button(w("act.sign")).click()));
    for (const one of two) await one.page.locator(".l-status", { hasText: w("status.in_progress") }).first().waitFor();
    // The new state may come by the live stream before the refusal does.
    let told: string[][] = [];
    await expect
      .poll(async () => (told = await Promise.all(two.map((one) => one.page.locator(".l-error").allTextContents()))).filter((text) => text.length > 0).length, { timeout: 30_000 })
      .toBe(1);
    expect(told.flat().join()).toContain("罗");
    for (const one of two) {
      expect(one.faults()).toEqual([]);
      await one.leave();
    }
  });
});
