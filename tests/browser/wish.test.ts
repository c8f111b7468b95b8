// SPDX-License-Identifier: MulanPSL-2.0
// A wish from phone to phone by way of the desk, and an errand's thanks. One engine: pages do not know which it is, and
// tests/api/wish.test.ts tries the same steps on both.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, Server, demoPlace } from "../api/harness";
import { pngPixels } from "../api/pictures";
import { DESKTOP, checkPage } from "./checks";
import { DESK, REFUSED, Visitor, consoleWords, demoDoor, launch, web, wordsOf } from "./phones";

const r = wordsOf("resident", "zh");
const t = consoleWords("zh");
const shots = process.env.SHOTS;

describe("wishes and errands", () => {
  const place = demoPlace("sqlite");
  let server: Server;
  let browser: Browser;
  let resident: Client;
  let items: { id: string; code: string; kind: string }[];
  beforeAll(async () => {
    server = await Server.start(place);
    browser = await launch();
    resident = await server.become("resident_wang");
    items = (await resident.get("/api/v1/items")).json.items;
  });
  afterAll(async () => {
    await browser?.close();
    expect(await server.stop()).toBe(0);
    place.remove();
  });
  async function shot(who: Visitor, name: string): Promise<void> {
    if (shots) await who.page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  }
  async function phone(name: string, path: string): Promise<Visitor> {
    const who = await Visitor.come(browser, server, "zh");
    await who.become(name);
    await who.go(path);
    return who;
  }
  const done = async (who: Visitor) => {
    expect(who.faults()).toEqual([]);
    await who.leave();
  };

  it("is reviewed beside the resident's own words, claimed, brought and confirmed with thanks", async () => {
    const item = items.find((one) => one.kind === "wish")!.id;
    const filed = await resident.post("/api/v1/requests", { item, door: demoDoor, words: "王奶奶住2单元301，电话13900001234，想要一台收音机听戏", share_contact: true });
    expect(filed.status, filed.text).toBe(201);
    const id = filed.json.id;

    const desk = await Visitor.come(browser, server, "zh", DESK, [REFUSED(400)]);
    await desk.become("杨晓岚");
    await desk.page.locator("a.figure", { hasText: t("desk.to_review") }).click();
    await desk.page.locator(`a.row-link[href$="${id}"]`).click();
    const review = desk.page.locator("section", { hasText: t("wish.review") }).last();
    expect(await review.locator("mark").allTextContents()).toEqual(["王奶奶", "2单元", "301", "13900001234"]);
    await review.getByRole("button", { name: t("wish.take_over") }).click();
    await review.getByText(/13900001234/).last().waitFor();
    await review.getByRole("button", { name: t("wish.approve"), exact: true }).click();
    await review.getByText(t("wish.must_look")).waitFor();
    await review.locator("input[type=checkbox]").check();
    await review.getByRole("button", { name: t("wish.approve"), exact: true }).click();
    await review.locator("[id$=fault], .field-fault").first().waitFor(); // the number is refused by the server as well
    expect((await resident.get(`/api/v1/requests/${id}`)).json.state).toBe("in_review");
    await review.locator("textarea").fill("一位老人想要一台收音机听戏");
    await review.locator("input[type=checkbox]").check();
    await shot(desk, "wish-review");
    expect(await checkPage(desk.page, { web, sizes: DESKTOP, reflow: 960, tabWalk: false })).toEqual([]);
    await review.getByRole("button", { name: t("wish.approve"), exact: true }).click();
    await expect.poll(async () => (await resident.get(`/api/v1/requests/${id}`)).json.state, { timeout: 30_000 }).toBe("unclaimed");
    await done(desk);

    const wall = await phone("罗启明", "/wishes");
    const card = wall.page.locator("article", { hasText: "一位老人想要一台收音机听戏" });
    await card.waitFor();
    await shot(wall, "wish-wall");
    await card.getByRole("button", { name: r("wish.claim"), exact: true }).click();
    await wall.page.getByRole("dialog").getByRole("button", { name: r("wish.claim"), exact: true }).click();
    await expect.poll(async () => (await resident.get(`/api/v1/requests/${id}`)).json.state, { timeout: 30_000 }).toBe("claimed");
    await wall.go("/deeds");
    await wall.button(r("wish.contact")).click();
    await wall.page.locator("article b", { hasText: /1\d{10}/ }).first().waitFor();
    await wall.button(r("wish.deliver")).click();
    const box = wall.page.getByRole("dialog");
    await box.locator("textarea").fill("送到家里，教会了换台");
    await box.locator("input[type=file]").setInputFiles({ name: "radio.png", mimeType: "image/png", buffer: pngPixels(640, 480) });
    await box.locator("canvas").waitFor();
    await box.getByRole("button", { name: r("action.send"), exact: true }).click();
    await expect.poll(async () => (await resident.get(`/api/v1/requests/${id}`)).json.state, { timeout: 30_000 }).toBe("fulfilled");
    expect((await resident.get(`/api/v1/requests/${id}`)).json.timeline.map((one: any) => one.type)).toContain("personal.read");
    await done(wall);

    const wisher = await phone("王秀英", `/r/${id}`);
    await wisher.button(r("wish.true_yes")).click();
    const thanks = wisher.page.getByRole("dialog");
    await thanks.locator("textarea").fill("谢谢好邻居");
    await thanks.getByRole("button", { name: r("wish.true_send"), exact: true }).click();
    await expect.poll(async () => (await resident.get(`/api/v1/requests/${id}`)).json.state, { timeout: 30_000 }).toBe("confirmed");
    await done(wisher);
    const deeds = await phone("罗启明", "/deeds");
    await deeds.page.getByText(r("wish.thanked", "谢谢好邻居")).waitFor();
    await shot(deeds, "wish-deeds");
    await done(deeds);
  });

  it("lets who asked for an errand say thank you, once", async () => {
    const item = items.find((one) => one.code === "errand.card")!.id;
    const { id } = (await resident.post("/api/v1/requests", { item, door: demoDoor, words: "想办居住证" })).json;
    const team = await server.become("team_runner");
    expect((await team.post(`/api/v1/offers/${id}/claim`, {})).status).toBeLessThan(300);
    expect((await team.act((await team.get(`/api/v1/requests/${id}`)).json, "finish", { note: "证件送到家", without_photo: "不便拍" })).status).toBe(200);
    let now = (await resident.get(`/api/v1/requests/${id}`)).json;
    if (now.state === "handled") {
      const desk = await server.become("community_worker");
      await desk.act((await desk.get(`/api/v1/requests/${id}`)).json, "pass");
      now = (await resident.get(`/api/v1/requests/${id}`)).json;
    }
    expect((await resident.act(now, "confirm", { rating: 5 })).status).toBe(200);
    const who = await phone("王秀英", `/r/${id}`);
    await who.button(r("act.thank")).click();
    const box = who.page.getByRole("dialog");
    await box.locator("textarea").fill("跑得快，辛苦了");
    await shot(who, "errand-thanks");
    await box.getByRole("button", { name: r("action.send"), exact: true }).click();
    await who.page.getByText(r("act.thanked")).first().waitFor();
    expect(await who.button(r("act.thank")).count()).toBe(0);
    await done(who);
  });
});
