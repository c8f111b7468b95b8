// SPDX-License-Identifier: MulanPSL-2.0
// A round on the steward's phone, half of it without a network, and what the community's desk sees of it; a dispute at the
// desk, from the telephone call to what stays sealed. One engine: pages do not know which it is.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { disputes } from "../../web/shared/locales/disputes";
import { type Client, Server, demoPlace } from "../api/harness";
import { pngPixels } from "../api/pictures";
import { DESKTOP, ELDER, checkPage } from "./checks";
import { DESK, NO_NETWORK, PHONE, Visitor, launch, web, wordsOf } from "./phones";

const w = wordsOf("worker", "zh");
const d = (key: keyof (typeof disputes)["zh"]) => disputes.zh[key];
const shots = process.env.SHOTS;

describe("rounds and mediation", () => {
  const place = demoPlace("sqlite");
  let server: Server;
  let browser: Browser;
  let steward: Client, desk: Client;
  beforeAll(async () => {
    server = await Server.start(place);
    browser = await launch();
    steward = await server.become("steward");
    desk = await server.become("community_worker");
  });
  afterAll(async () => {
    await browser?.close();
    expect(await server.stop()).toBe(0);
    place.remove();
  });
  async function shot(who: Visitor, name: string): Promise<void> {
    if (shots) await who.page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  }
  const come = async (name: string, path: string, size = PHONE) => {
    const who = await Visitor.come(browser, server, "zh", size, [NO_NETWORK]);
    await who.become(name);
    await who.go(path);
    return who;
  };
  const done = async (who: Visitor) => {
    expect(who.faults()).toEqual([]);
    await who.leave();
  };

  it("is walked with one thumb, without a network too, and a finding takes two taps", async () => {
    const building = (await steward.get("/api/v1/me")).json.grants.find((one: any) => one.role === "steward").place;
    for (const one of (await desk.get(`/api/v1/round-plans?place=${building.id}`)).json.items) await desk.send("DELETE", `/api/v1/round-plans/${one.id}`);
    const plan = (await desk.post("/api/v1/round-plans", { place_id: building.id, name: "整天", role: "steward", days: "every_day", window_from: "00:00", window_to: "24:00" })).json;
    for (const point of [{ name: "门厅", asks: "lights,doors" }, { name: "顶层", asks: "leaks" }, { name: "楼外" }]) expect((await desk.post(`/api/v1/round-plans/${plan.id}/checkpoints`, point)).status).toBe(201);
    const mine = async () => (await steward.get("/api/v1/rounds/today")).json.items.find((one: any) => one.plan_id === plan.id);
    await expect.poll(async () => !!(await mine()), { timeout: 90_000 }).toBe(true); // the job, within a minute
    const list = (await mine()).list;
    const visits = list.filter((one: any) => one.kind === "visit").length;
    expect(visits).toBeGreaterThan(0); // the demo's care list

    const who = await come("罗启明", "/work/round");
    const round = who.page.locator("main section", { hasText: building.name }).last();
    await round.locator("li", { hasText: "门厅" }).getByRole("button", { name: w("round.in_order") }).click();
    await who.page.getByText(w("round.count", 1, list.length)).waitFor();
    await shot(who, "round");
    expect(await checkPage(who.page, { web, sizes: ELDER, tabWalk: false })).toEqual([]);

    await who.context.setOffline(true);
    await round.locator("li", { hasText: "楼外" }).getByRole("button", { name: w("round.in_order") }).click();
    await round.locator("li", { hasText: "顶层" }).getByRole("button", { name: w("round.report") }).click(); // one tap
    const box = who.page.getByRole("dialog");
    await box.locator("input[type=file]").first().setInputFiles({ name: "leak.png", mimeType: "image/png", buffer: pngPixels(640, 480) }); // two
    await who.page.getByText(w("round.count", 3, list.length)).waitFor();
    await who.page.getByText(w("round.waits")).first().waitFor();
    await shot(who, "round-offline");
    expect((await mine()).list.filter((one: any) => one.ticked).length).toBe(1);
    await who.context.setOffline(false);
    await expect.poll(async () => (await mine()).list.filter((one: any) => one.ticked).length, { timeout: 60_000 }).toBe(3);
    const help = round.getByRole("button", { name: w("result.needs_help") });
    await help.first().click();
    await expect.poll(async () => (await mine()).list.filter((one: any) => one.result === "needs_help").length, { timeout: 60_000 }).toBe(1);
    await shot(who, "round-after");
    await done(who);

    const elder = (await mine()).list.find((one: any) => one.result === "needs_help").request_id;
    expect((await desk.get(`/api/v1/requests/${elder}`)).json.item.code).toBe("elder.help");
    const leak = (await steward.get("/api/v1/requests?mine=1")).json.items.filter((one: any) => one.words.includes(w("ask.leaks")));
    expect(leak).toMatchObject([{ kind: "repair", photo_count: 1 }]);
    const seen = await come("杨晓岚", "/console/rounds", DESK);
    await seen.page.getByText(`4 / ${list.length}`).waitFor();
    await shot(seen, "round-desk");
    await done(seen);
  });

  it("a dispute is entered from a call; its words stay sealed until somebody says why", async () => {
    const who = await come("杨晓岚", "/console/disputes", DESK);
    await who.button(d("dispute.open_new")).first().click();
    const form = who.page.getByRole("dialog");
    await form.locator("select").first().selectOption("noise");
    await form.locator("textarea").fill("楼上夜里拖动家具");
    await shot(who, "dispute-open");
    await form.getByRole("button", { name: d("dispute.open_new"), exact: true }).click();
    await who.page.getByRole("heading", { name: d("dispute.words") }).waitFor();
    const id = who.page.url().split("/").pop()!;
    expect(await who.page.content()).not.toContain("楼上夜里拖动家具");
    await who.page.locator(".sealed button").first().click();
    const why = who.page.getByRole("dialog");
    await why.getByRole("button", { name: d("dispute.read_go") }).click();
    await why.getByRole("alert").or(why.locator(".field-fault")).first().waitFor(); // not without a reason
    await why.getByRole("button", { name: d("dispute.reasons").split("|")[0] }).click();
    await why.getByRole("button", { name: d("dispute.read_go") }).click();
    await who.page.getByText("楼上夜里拖动家具").waitFor();
    await shot(who, "dispute");
    expect(await checkPage(who.page, { web, sizes: DESKTOP, reflow: 960, tabWalk: false })).toEqual([]);
    await done(who);
    // Nobody but the desk has it, whatever they type into the address.
    const outsider = await come("罗启明", "/work/disputes");
    await outsider.go(`/work/disputes/${id}`);
    await outsider.page.getByText(d("dispute.gone")).first().waitFor();
    expect(await outsider.page.content()).not.toContain("楼上夜里拖动家具");
    outsider.faults(); // the browser complains of the 404 that was asked for
    await outsider.leave();
  });
});
