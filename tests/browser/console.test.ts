// SPDX-License-Identifier: MulanPSL-2.0
// The console at a desk: numbers, lists, the request page; places, people and imports; audit; grants.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Vendor, until } from "../api/doubles";
import { type Client, Server, demoPlace } from "../api/harness";
import { pngPixels } from "../api/pictures";
import { writeTsv, zhRows } from "../api/tables";
import { DESK, REFUSED, Visitor, consoleWords, demoDoor, launch, runs } from "./phones";

describe.each(runs)("the console on %s, in %s", (engine, lang) => {
  const t = consoleWords(lang);
  const place = demoPlace(engine);
  let server: Server;
  let browser: Browser;
  let resident: Client;
  let vendor: Vendor;
  beforeAll(async () => {
    vendor = await Vendor.start();
    server = await Server.start(place, ["--wecom-base", vendor.base]);
    browser = await launch();
    resident = await server.become("resident_wang");
  });
  afterAll(async () => {
    await browser?.close();
    expect(await server.stop()).toBe(0);
    await vendor.stop();
    place.remove();
  });

  const come = async (name: string, allow: RegExp[] = []) => {
    const who = await Visitor.come(browser, server, lang, DESK, allow);
    await who.become(name);
    await who.page.locator("main h1").waitFor();
    return who;
  };
  const done = async (who: Visitor) => {
    expect(who.faults()).toEqual([]);
    await who.leave();
  };
  async function filed(code: string, words: string, media: string[] = []): Promise<{ id: string; version: number }> {
    const item = (await resident.get("/api/v1/items")).json.items.find((one: { code: string }) => one.code === code);
    const answer = await resident.post("/api/v1/requests", { item: item.id, door: demoDoor, words, media });
    expect(answer.status, answer.text).toBe(201);
    return answer.json;
  }
  async function photo(who: Client, purpose: string): Promise<string> {
    return (await who.upload("/api/v1/media", pngPixels(800, 600), "photo.png", "image/png", { purpose })).json.id;
  }
  const loaded = (img: Locator) => img.evaluate((one) => (one as HTMLImageElement).decode().then(() => (one as HTMLImageElement).naturalWidth));
  const numberOn = async (figure: Locator) => Number((await figure.locator(".figure-number").innerText()).replace(/\D/g, ""));

  it("shows the desk what needs a hand; each number is a list, its filter in the address, live", async () => {
    const who = await come("杨晓岚");
    const figures = who.page.locator("a.figure");
    await expect.poll(() => figures.locator(".figure-number").allInnerTexts(), { timeout: 30_000 }).not.toContain("–");
    const overdue = figures.filter({ hasText: t("desk.overdue_def") });
    const shown = await numberOn(overdue);
    await overdue.click();
    await who.page.waitForURL(/\/console\/requests\?overdue=1$/);
    await who.page.locator("tbody tr, .empty").first().waitFor();
    if (shown < 20) expect(await who.page.locator("tbody tr").count()).toBe(shown);
    await who.page.reload();
    await who.page.locator("tbody tr, .empty").first().waitFor();
    expect(who.page.url()).toMatch(/\?overdue=1$/);
    expect(await who.page.locator(".toggle", { hasText: t("list.overdue") }).getAttribute("aria-pressed")).toBe("true");

    // Two Chinese characters find it; the address keeps them.
    const needle = await filed("repair.lamp", "天台的葫芦瓢被风吹走了");
    await who.page.locator("#filter-q").fill("葫芦");
    await who.page.locator(".toggle", { hasText: t("list.overdue") }).click();
    await who.page.waitForURL(/\?q=/);
    await who.page.locator(`a.row-link[href$="${needle.id}"]`).waitFor();
    expect(await who.page.locator("tbody tr").count()).toBe(1);
    await who.page.reload();
    await who.page.locator(`a.row-link[href$="${needle.id}"]`).waitFor();
    expect(await who.page.locator("#filter-q").inputValue()).toBe("葫芦");

    // Something new is offered without a reload; and the desk's open number grows by itself.
    await who.mark();
    await who.page.locator(".live.on").waitFor();
    await filed("repair.lamp", "葫芦又掉下来一个");
    await who.page.locator(".changed button").click();
    await expect.poll(() => who.page.locator("tbody tr").count(), { timeout: 30_000 }).toBe(2);
    await who.page.locator("nav.side a").first().click();
    const open = who.page.locator(".card-head a").first();
    await open.waitFor();
    const before = await open.innerText();
    await filed("repair.lamp", "第三个葫芦");
    await expect.poll(() => open.innerText(), { timeout: 30_000 }).not.toBe(before);
    expect(await who.marked()).toBe(true);
    await done(who);
  });

  it("exports what is filtered as CSV, after saying that it is recorded", async () => {
    const who = await come("杨晓岚");
    await who.go(`/console/requests?q=${encodeURIComponent("葫芦")}`);
    await who.page.locator("tbody tr").first().waitFor();
    await who.button(t("list.export")).click();
    const [file] = await Promise.all([who.page.waitForEvent("download"), who.page.locator(".el-message-box").getByRole("button", { name: t("list.export_go") }).click()]);
    const text = readFileSync((await file.path())!, "utf8");
    expect(text).toContain("天台的葫芦瓢被风吹走了");
    expect(text.trim().split("\n").length).toBe(4); // a head and three rows
    const auditor = await server.become("auditor");
    expect((await auditor.get("/api/v1/events?type=export.made")).json.items.length).toBeGreaterThan(0);
    await done(who);
  });

  it("shows a request with its photos side by side, and passes it on", async () => {
    const request = await filed("safety.fire", "二楼的灭火器过期了", [await photo(resident, "report")]);
    const worker = await server.become("grid_worker");
    let now = (await worker.act((await worker.get(`/api/v1/requests/${request.id}`)).json, "sign")).json;
    now = (await worker.act(now, "finish", { note: "换了新的灭火器", media: [await photo(worker, "after")] })).json;
    expect(now.state).toBe("handled");

    const who = await come("杨晓岚");
    await who.go(`/console/requests/${request.id}`);
    const pair = who.page.locator(".photos.pair img");
    await pair.nth(1).waitFor();
    expect(await loaded(pair.nth(0))).toBeGreaterThan(0);
    expect(await loaded(pair.nth(1))).toBeGreaterThan(0);
    const [left, right] = [await pair.nth(0).boundingBox(), await pair.nth(1).boundingBox()];
    expect(Math.abs(left!.y - right!.y)).toBeLessThan(4);
    expect(right!.x).toBeGreaterThan(left!.x + left!.width - 1);
    const pass = who.page.locator(".act-row button").first();
    await pass.click();
    const send = who.page.locator(".act-form button[type=submit]");
    await send.click();
    await expect.poll(async () => (await worker.get(`/api/v1/requests/${request.id}`)).json.state, { timeout: 30_000 }).toBe("callback");
    await done(who);
  });

  it("sends out what was sent back, and hands it to another post", async () => {
    const request = await filed("repair.lamp", "配电箱上的灯也不亮");
    const steward = await server.become("steward");
    const back = await steward.act((await steward.get(`/api/v1/requests/${request.id}`)).json, "return", { note: "要电工才能办" });
    expect(back.status, back.text).toBe(200);
    const who = await come("杨晓岚");
    await who.go("/console/requests?state=reported,filed");
    await who.page.locator(`a.row-link[href$="${request.id}"]`).click();
    const act = async (name: string, note: string, post?: string) => {
      await who.page.locator(".act-row").first().getByRole("button", { name, exact: true }).click();
      await who.page.locator(".act-form textarea").fill(note);
      if (post !== undefined) {
        await who.page.locator(".post-picker .el-input input").fill(post);
        await who.page.locator(".post-choice", { hasText: post }).locator("input").first().check();
      }
      await who.page.locator(".act-form button[type=submit]").click();
      await who.page.locator(".act-form").waitFor({ state: "detached" });
    };
    const state = async () => (await (await server.become("community_worker")).get(`/api/v1/requests/${request.id}`)).json;
    await act(lang === "zh" ? "派单" : "Send out", "请网格员去看", "第1网格员");
    expect((await state()).state).toBe("dispatched");
    expect((await state()).owner.post).toContain("网格员");
    await act(lang === "zh" ? "转派" : "Pass on", "还是楼栋长熟悉", "3栋楼栋长");
    expect((await state()).owner.post).toContain("3栋楼栋长");
    await done(who);
  });

  it("shows a robot and what it could not say, with the reason, and sends it again", async () => {
    const admin = await server.become("system_admin");
    const district = (await admin.get("/api/v1/places?level=district")).json.items[0];
    const robot = await admin.post("/api/v1/robots", { place_id: district.id, key: "0123456789abcdef-zzzz" });
    expect(robot.status, robot.text).toBe(201);
    vendor.next("/cgi-bin/webhook/send", { errcode: 93000 });
    const who = await come("方正");
    await who.page.locator("nav.side").getByRole("link", { name: t("nav.notices"), exact: true }).click();
    const row = who.page.locator("tr", { hasText: "…zzzz" });
    await row.getByRole("button", { name: t("notices.robot_test") }).click();
    await who.page.getByText(t("notices.robot_tested")).waitFor();
    await until(async () => (await admin.get("/api/v1/notices")).json.items.length === 1, "a dead letter");
    await who.page.reload();
    await row.getByText("93000").waitFor();
    const dead = who.page.locator("tr", { hasText: t("notices.what.notice.robot_test") });
    await dead.getByText("93000").waitFor();
    await dead.getByRole("button", { name: t("notices.again") }).click();
    await who.page.getByText(t("notices.unsent_none")).waitFor();
    await vendor.called("/cgi-bin/webhook/send", 2);
    await row.getByRole("button", { name: t("notices.robot_remove") }).click();
    await who.page.locator(".el-message-box").getByRole("button", { name: t("notices.robot_remove") }).click();
    await who.page.getByText(t("notices.robot_none")).waitFor();
    await done(who);
  });

  it("keeps the place tree, renews a door, and prints a poster whose code leads to the door", async () => {
    const who = await come("方正", [REFUSED(404)]);
    await who.page.locator("nav.side").getByRole("link", { name: t("nav.places") }).click();
    await who.page.locator(".place-tree input").fill("太阳园");
    await who.page.locator(".found-row", { hasText: "太阳园小区" }).first().click();
    await who.page.locator("#place-name", { hasText: "太阳园小区" }).waitFor();
    await who.page.locator(".place-tree input").fill("");
    await who.page.getByRole("treeitem", { name: /^\s*4 ?栋/ }).first().click();
    const code = who.page.locator(".door-card .door-code");
    await code.waitFor();
    const before = await code.innerText();
    await who.button(t("door.renew")).click();
    await who.page.locator(".el-message-box").getByRole("button", { name: t("door.renew") }).click();
    await expect.poll(() => code.innerText(), { timeout: 30_000 }).not.toBe(before);
    const fresh = (await code.innerText()).replace(/\s/g, "");
    expect((await server.client().get(`/api/v1/doors/${fresh}`)).status).toBe(200);
    expect((await server.client().get(`/api/v1/doors/${before.replace(/\s/g, "")}`)).status).toBe(404);

    await who.page.getByRole("link", { name: t("door.poster") }).click();
    const qr = who.page.locator(".poster-qr");
    await qr.waitFor();
    expect(await loaded(qr)).toBeGreaterThan(0);
    const pdf = join(place.dir, "poster.pdf");
    writeFileSync(pdf, await who.page.pdf({ preferCSSPageSize: true, printBackground: true }));
    const drawn = spawnSync("pdftoppm", ["-r", "150", "-png", pdf, join(place.dir, "poster")], { encoding: "utf8" });
    expect(drawn.status, drawn.stderr).toBe(0);
    const read = spawnSync("sh", ["-c", `zbarimg --quiet --raw ${join(place.dir, "poster")}*.png`], { encoding: "utf8" });
    expect(read.stdout.trim()).toBe(`${server.url}/q/${fresh}`);
    expect(spawnSync("sh", ["-c", `ls ${join(place.dir, "poster")}*.png | wc -l`], { encoding: "utf8" }).stdout.trim()).toBe("1"); // one sheet of A4
    await done(who);
  });

  it("makes an account whose two secrets come from two administrators, each shown once", async () => {
    const login = "wang.fang";
    const who = await come("方正");
    await who.page.locator("nav.side").getByRole("link", { name: t("nav.people") }).click();
    await who.button(t("people.add")).click();
    await who.page.getByRole("dialog").getByLabel(t("people.login"), { exact: true }).fill(login);
    await who.page.getByRole("dialog").getByLabel(t("people.name"), { exact: true }).fill("王芳");
    await who.page.getByRole("dialog").getByRole("button", { name: t("do.save") }).click();
    const secrets = who.page.locator(".secrets");
    await secrets.waitFor();
    const shown = await secrets.locator(".secret .grow").allInnerTexts();
    expect(shown).toHaveLength(2); // the login and the password: no administrator has both halves
    expect(shown[1].length).toBeGreaterThanOrEqual(12);
    await who.button(t("people.secrets_done")).click();
    await secrets.waitFor({ state: "detached" });
    await who.page.locator("td.mono", { hasText: login }).waitFor();
    expect(await who.page.content()).not.toContain(shown[1]);
    await done(who);

    const other = await come("程守安");
    await other.page.locator("nav.side").getByRole("link", { name: t("nav.people") }).click();
    const row = other.page.locator("tr", { has: other.page.locator("td.mono", { hasText: login }) });
    await row.getByRole("button", { name: t("people.totp"), exact: true }).click();
    await other.page.locator(".el-message-box").getByRole("button", { name: t("people.totp"), exact: true }).click();
    const half = other.page.locator(".secrets");
    await half.locator("svg.qr path").waitFor();
    expect((await half.locator(".secret .grow").allInnerTexts())[1].replace(/\s/g, "")).toMatch(/^[A-Z2-7]{16,}$/);
    await other.button(t("people.secrets_done")).click();
    await half.waitFor({ state: "detached" });
    await done(other);
  });

  it("gives another system a key, shown once, and revokes it after saying what that means", async () => {
    const who = await come("方正");
    await who.page.locator("nav.side").getByRole("link", { name: t("nav.open311") }).click();
    await who.page.locator(".empty-title", { hasText: t("open311.none") }).waitFor();
    await who.button(t("open311.make")).click();
    const form = who.page.getByRole("dialog");
    await form.locator("form input").first().fill("市民热线");
    await form.locator("form button[type=submit]").click();
    const once = who.page.getByRole("dialog", { name: t("open311.made_title", "市民热线") });
    const key = (await once.locator(".secret .grow").innerText()).trim();
    expect(key).toMatch(/^[0-9a-f]{40}$/);
    const file = () =>
      fetch(`${server.url}/open311/v2/requests.json`, { method: "POST", body: new URLSearchParams({ api_key: key, service_code: "repair.lamp", address_string: "太阳园小区3栋" }) });
    expect((await file()).status).toBe(200);
    await once.getByRole("button", { name: t("open311.kept") }).click();
    await once.waitFor({ state: "detached" });
    expect(await who.page.content()).not.toContain(key);
    const row = who.page.locator("tbody tr", { hasText: "市民热线" });
    await row.getByRole("button", { name: t("open311.revoke") }).click();
    const box = who.page.locator(".el-message-box");
    await box.filter({ hasText: t("open311.revoke_text") }).waitFor();
    await box.getByRole("button", { name: t("open311.revoke") }).click();
    await row.getByRole("button", { name: t("open311.revoke") }).waitFor({ state: "detached" });
    expect((await file()).status).toBe(403);
    await done(who);
  });

  it("takes in a table, tells how far it is, and reports the bad row", async () => {
    const rows = zhRows(300);
    rows[5][2] = "昨天"; // not a time
    const file = join(place.dir, "old.tsv");
    writeFileSync(file, writeTsv(rows));
    const who = await come("方正");
    await who.page.locator("nav.side").getByRole("link", { name: t("nav.imports") }).click();
    await who.page.locator("#mapping option").first().waitFor({ state: "attached" });
    await who.page.locator("#mapping").selectOption("zh-replied");
    await who.page.locator("input[type=file]").first().setInputFiles(file);
    await who.button(t("imports.start")).click();
    await who.page.waitForURL(/\/console\/imports\/[0-9A-Z]{14}$/);
    await who.page.locator("#run-title").waitFor();
    await who.page.locator("#run-title", { hasText: t("imports.finished") }).waitFor();
    const counts = await who.page.locator(".counts dd").allInnerTexts();
    expect(counts.slice(0, 4)).toEqual(["300", "299", "0", "1"]);
    const bad = who.page.locator("tbody tr", { has: who.page.locator(".chip-warn") });
    expect(await bad.count()).toBe(1);
    expect(await bad.locator("td").first().innerText()).toBe("6"); // the line in the file
    await done(who);
  });

  it("shows the auditor the log, filtered, and verifies it", async () => {
    const who = await come("沈明察");
    await who.page.locator("nav.side").getByRole("link", { name: t("nav.audit") }).click();
    await who.page.locator("#audit-type").fill("export.made");
    await who.button(t("do.search")).click();
    await who.page.waitForURL(/type=export\.made/);
    await expect.poll(() => who.page.locator("tbody td:nth-child(2)").allInnerTexts(), { timeout: 30_000 }).toContain("export.made");
    expect(new Set(await who.page.locator("tbody td:nth-child(2)").allInnerTexts())).toEqual(new Set(["export.made"]));
    await who.button(t("audit.verify")).click();
    await who.page.getByText(t("audit.verify_ok")).waitFor();
    await done(who);
  });

  it("shows the security administrator the grants, and grants one", async () => {
    const who = await come("程守安");
    await who.page.locator("nav.side").getByRole("link", { name: t("nav.grants") }).click();
    await who.page.locator("tbody tr").nth(2).waitFor();
    const before = await who.page.locator("tbody tr").count();
    await who.page.locator(".page-do button").click();
    const box = who.page.getByRole("dialog");
    await box.locator("select").selectOption("audit_admin");
    await box.locator(".el-select").click();
    await box.locator(".el-select input").fill("wang");
    await who.page.locator(".el-select-dropdown__item", { hasText: "wang.fang" }).click();
    await box.getByRole("button", { name: t("grants.add") }).click();
    await expect.poll(() => who.page.locator("tbody tr").count(), { timeout: 30_000 }).toBe(before + 1);
    await done(who);
  });

  it("keeps to each what is theirs", async () => {
    const who = await come("沈明察", [REFUSED(403)]);
    await who.go("/console/people");
    await who.page.locator(".empty-title", { hasText: t("app.no_access") }).waitFor();
    await who.leave();
  });
});
