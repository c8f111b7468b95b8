// SPDX-License-Identifier: MulanPSL-2.0
// A day: the steward with one thumb, the community's and the sub-district's desks at their screens.
import { mkdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, demoPlace, engines } from "../api/harness";
import { pngPixels } from "../api/pictures";
import { DESK, Visitor, consoleWords, demoDoor, launch, wordsOf } from "./phones";

const w = wordsOf("worker", "zh");
const t = consoleWords("zh");
const picture = (name: string) => ({ name, mimeType: "image/png", buffer: pngPixels(640, 480) });
const shots = process.env.SHOTS; // a folder: pictures of what is tried, to be looked at

// One engine, as in the other files here; the API tests take every step of it on both.
describe.each(engines.slice(-1))("a day on %s", (engine) => {
  const place = demoPlace(engine);
  let server: Server;
  let browser: Browser;
  let resident: Client, desk: Client;
  let lamp: string;
  beforeAll(async () => {
    server = await Server.start(place);
    browser = await launch();
    resident = await server.become("resident_wang");
    desk = await server.become("community_worker");
    lamp = (await resident.get("/api/v1/items")).json.items.find((one: any) => one.code === "repair.lamp").id;
    if (shots) mkdirSync(shots, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    expect(await server.stop()).toBe(0);
    place.remove();
  });

  async function shot(who: Visitor, name: string): Promise<void> {
    if (shots) await who.page.screenshot({ path: `${shots}/${engine}-${name}.png`, fullPage: true });
  }
  async function file(words: string, withPicture = false): Promise<string> {
    const media = withPicture ? [(await resident.upload("/api/v1/media", pngPixels(800, 600), "dark.png", "image/png", { purpose: "report" })).json.id] : [];
    const answer = await resident.post("/api/v1/requests", { item: lamp, door: demoDoor, words, media });
    expect(answer.status, answer.text).toBe(201);
    return answer.json.id;
  }
  const see = async (id: string) => (await desk.get(`/api/v1/requests/${id}`)).json;
  const step = async (key: string, id: string, action: string, input: object = {}) => {
    const who = await server.become(key);
    const answer = await who.act((await who.get(`/api/v1/requests/${id}`)).json, action, input);
    expect(answer.status, answer.text).toBe(200);
    return answer.json;
  };
  const steward = async () => {
    const who = await Visitor.come(browser, server, "zh");
    await who.become("罗启明");
    await who.page.getByRole("heading", { name: w("list.title"), exact: true }).waitFor();
    return who;
  };
  const atDesk = async (name: string, path: string) => {
    const who = await Visitor.come(browser, server, "zh", DESK);
    await who.become(name);
    await who.page.locator("main h1").waitFor();
    await who.go(path);
    await who.page.locator("main h1").waitFor();
    return who;
  };
  const done = async (who: Visitor) => {
    expect(who.faults()).toEqual([]);
    await who.leave();
  };

  it("gives the steward one list in order of need, and each next step under the thumb", async () => {
    const id = await file("三楼灯不亮，老人看不见", true);
    const who = await steward();
    const cards = who.page.locator("main li a[href*='/r/']");
    await cards.first().waitFor();
    const order = (await (await server.become("steward")).get("/api/v1/worklist")).json.items;
    expect(await cards.evaluateAll((all) => all.map((one) => one.getAttribute("href")!.slice(-14)))).toEqual(order.map((one: any) => one.id));
    const dues = order.map((one: any) => Date.parse(one.due_at));
    expect(dues).toEqual([...dues].sort((a, b) => a - b)); // what is due first stands first
    await shot(who, "steward-list");
    await who.page.locator(`a[href$="/r/${id}"]`).click();
    for (const action of ["sign", "finish"]) {
      const button = who.page.locator(".thumb button");
      await button.getByText(w(`act.${action}`)).waitFor();
      const box = (await button.boundingBox())!;
      expect(box.height).toBeGreaterThanOrEqual(60);
      expect(box.y).toBeGreaterThan(844 / 2); // in the half that a thumb reaches
      expect(box.y + box.height).toBeLessThanOrEqual(844);
      await button.click();
      if (action === "sign") {
        await who.page.getByText(w("act.done", w("act.sign"))).first().waitFor();
        await who.button(w("act.contact")).click(); // ends the response clock
        const spoke = who.page.getByRole("dialog");
        await spoke.locator("textarea").fill("打过电话，今天下午去");
        await spoke.getByRole("button", { name: w("act.contact") }).click();
        await who.page.getByText(w("act.done", w("act.contact"))).first().waitFor();
      }
    }
    const box = who.page.getByRole("dialog");
    await box.locator("input[type=file]").setInputFiles(picture("bright.png"));
    await box.locator("canvas").waitFor();
    await box.locator("textarea").fill("换了新灯泡");
    await shot(who, "steward-finish");
    await box.getByRole("button", { name: w("act.finish") }).click();
    await who.page.getByText(w("act.done", w("act.finish"))).first().waitFor();
    const now = await see(id);
    expect(now.state).toBe("callback");
    expect(now.contacted_at).toBeTruthy();
    await shot(who, "steward-done");
    await done(who);

    const caller = await atDesk("杨晓岚", `/console/requests/${id}`);
    const pair = caller.page.locator(".photos.pair img");
    await pair.nth(1).waitFor();
    const [left, right] = [(await pair.nth(0).boundingBox())!, (await pair.nth(1).boundingBox())!];
    expect(Math.abs(left.y - right.y)).toBeLessThan(4); // before and after, side by side
    expect(right.x).toBeGreaterThanOrEqual(left.x + left.width - 1);
    await done(caller);
  });

  it("asks for more time on the phone; the community's desk allows it", async () => {
    const id = await file("二楼灯也坏了，要等配件");
    await step("steward", id, "sign");
    const due = (await see(id)).due_at;
    const who = await steward();
    await who.page.locator(`a[href$="/r/${id}"]`).click();
    await who.button(w("act.ask_extend")).click();
    const box = who.page.getByRole("dialog");
    await box.locator("textarea").fill("配件后天才到");
    await box.getByRole("button", { name: w("act.ask_extend") }).click();
    await who.page.getByText(w("req.asked_extend")).waitFor();
    await shot(who, "steward-more-time");
    await done(who);

    const decider = await atDesk("杨晓岚", "/console");
    const tile = decider.page.locator("a.figure", { hasText: t("desk.to_decide") });
    await tile.waitFor();
    await tile.click();
    await decider.page.locator(`a.row-link[href$="${id}"]`).click();
    await decider.page.getByText(t("request.asks_extend", 1)).waitFor();
    await shot(decider, "desk-to-decide");
    await decider.page.locator(".act-row").first().getByRole("button", { name: "同意延期", exact: true }).click();
    await decider.page.locator(".act-form button[type=submit]").click();
    await expect.poll(async () => (await see(id)).due_at > due, { timeout: 30_000 }).toBe(true);
    expect((await see(id)).asked).toBe("none");
    await done(decider);
  });

  it("rings up by the script, and keeps what the resident says", async () => {
    const id = await file("一楼灯罩掉了");
    await step("steward", id, "sign");
    await step("steward", id, "finish", { note: "灯罩装回去了", without_photo: "来不及拍" });
    const who = await atDesk("杨晓岚", `/console/requests/${id}`);
    const script = who.page.locator(".callback");
    await script.getByText("灯罩装回去了").waitFor(); // what the resident will be told
    await script.getByRole("button", { name: t("callback.show_number") }).click();
    await script.locator("a[href^='tel:199']").waitFor(); // and that it was looked at is in the timeline
    await script.getByRole("button", { name: t("callback.no_answer") }).click();
    await script.getByRole("button", { name: t("callback.keep") }).click();
    await script.getByText(t("callback.calls", 1)).waitFor();
    await script.getByRole("button", { name: t("callback.done"), exact: true }).click();
    await script.getByRole("button", { name: t("callback.keep") }).click();
    await script.getByText(t("callback.need_rating")).waitFor();
    await script.getByLabel(t("callback.rating_4"), { exact: true }).check();
    await script.locator("textarea").fill("老人说很亮");
    await shot(who, "desk-callback");
    await script.getByRole("button", { name: t("callback.keep") }).click();
    await script.waitFor({ state: "detached" });
    expect(await see(id)).toMatchObject({ state: "closed", outcome: "solved", rating: 4 });
    expect((await see(id)).timeline.map((one: any) => one.type)).toContain("personal.read");
    await done(who);
  });

  it("whistles from the desk; the company checks in and clears by phone; only then is it closed", async () => {
    const id = await file("楼道渗水，墙里的线也湿了");
    await step("steward", id, "sign");
    const caller = await atDesk("杨晓岚", `/console/requests/${id}`);
    await caller.page.locator(".act-row").first().getByRole("button", { name: "吹哨", exact: true }).click();
    const form = caller.page.getByRole("dialog");
    await form.locator(".post-picker .el-input input").fill("物业");
    await form.locator(".post-choice", { hasText: "物业客服" }).locator("input").first().check();
    await form.getByRole("button", { name: t("whistle.go"), exact: true }).click();
    await form.getByText(t("whistle.need_wanted")).waitFor(); // each is told what is wanted of it
    await form.locator(".whistle-one textarea").fill("查漏点，先断电");
    await shot(caller, "desk-whistle");
    await form.getByRole("button", { name: t("whistle.go"), exact: true }).click();
    await caller.page.getByText(t("task.open_count", 1)).waitFor();
    await shot(caller, "desk-whistled");

    const helper = await Visitor.come(browser, server, "zh");
    await helper.become("周海涛");
    await helper.page.getByRole("heading", { name: w("list.title"), exact: true }).waitFor();
    await shot(helper, "company-list");
    await helper.page.locator(`a[href*="${id}"]`).first().click();
    const thumb = helper.page.locator(".thumb button");
    await thumb.getByText(w("act.check_in")).click();
    await helper.page.getByText(w("act.done", w("act.check_in"))).first().waitFor();
    await shot(helper, "company-there");
    await thumb.getByText(w("act.clear")).click();
    const box = helper.page.getByRole("dialog");
    await box.locator("input[type=file]").setInputFiles(picture("dry.png"));
    await box.locator("canvas").waitFor();
    await box.locator("textarea").fill("阀门换了，线路断电晾干");
    await box.getByRole("button", { name: w("act.clear") }).click();
    await helper.page.getByText(w("act.done", w("act.clear"))).first().waitFor();
    await done(helper);
    await expect.poll(async () => (await see(id)).open_tasks, { timeout: 30_000 }).toBe(0);
    await caller.page.getByText("阀门换了，线路断电晾干").first().waitFor(); // the desk's page keeps itself fresh
    await done(caller);
  });

  it("shows the sub-district what was put to it, and its word reaches who handles it", async () => {
    const id = await file("灯修了又坏");
    await step("steward", id, "return", { note: "要电工" });
    await step("community_worker", id, "dispatch", { note: "还是请楼栋长" });
    await step("steward", id, "contest", { note: "楼栋长不会电工" });
    const who = await atDesk("张立诚", `/console/requests/${id}`);
    await who.page.getByText(t("request.contested")).waitFor();
    await who.page.locator(".act-row").first().getByRole("button", { name: "裁定", exact: true }).click();
    await who.page.locator(".act-form textarea").fill("由网格员请物业办");
    await who.page.locator(".post-picker .el-input input").fill("网格员");
    await who.page.locator(".post-choice", { hasText: "第1网格员" }).locator("input").first().check();
    await shot(who, "subdistrict-decides");
    await who.page.locator(".act-form button[type=submit]").click();
    await expect.poll(async () => (await see(id)).owner.post, { timeout: 30_000 }).toContain("网格员");
    await who.page.locator(".act-row").first().getByRole("button", { name: "督办", exact: true }).click();
    await who.page.locator(".act-form textarea").fill("本周内办好");
    await who.page.locator(".act-form button[type=submit]").click();
    await who.page.getByText(t("request.supervised"), { exact: true }).first().waitFor();
    const worker = await server.become("grid_worker");
    expect((await worker.get(`/api/v1/requests/${id}`)).json.timeline.map((one: any) => one.note)).toContain("本周内办好");
    await done(who);
  });

  it("says at the desk that a steward's post is vacant, and who has its work", async () => {
    const admin = await server.become("system_admin");
    const { place: building } = (await admin.get(`/api/v1/doors/${demoDoor}`)).json;
    const post = (await admin.get(`/api/v1/posts?place=${building.id}`)).json.items.find((one: any) => one.role === "steward");
    const term = (await admin.get(`/api/v1/posts/${post.id}/terms`)).json.items.find((one: any) => !one.ended_at);
    const id = await file("楼道灯又不亮");
    expect((await admin.send("DELETE", `/api/v1/terms/${term.id}`)).status).toBeLessThan(300);
    const who = await atDesk("杨晓岚", `/console/requests/${id}`);
    await who.page.getByText(t("request.vacant", post.name, (await see(id)).owner.post)).waitFor();
    await shot(who, "desk-vacant");
    await who.go("/console");
    await who.page.locator("a.figure", { hasText: t("desk.vacant_posts") }).click();
    await who.page.getByText(post.name).first().waitFor();
    await done(who);
  });
});
