// SPDX-License-Identifier: MulanPSL-2.0
// People at a browser: each has a context of their own (cookies, storage, service worker), one language and one size of
// screen. What goes wrong in any of their pages is written down.
import { type Browser, type BrowserContext, type Locator, type Page, chromium } from "playwright-core";
import { vi } from "vitest";
import { admin } from "../../web/console/words/admin";
import { base } from "../../web/console/words/base";
import { requests } from "../../web/console/words/requests";
import { words as residentWords } from "../../web/resident/words";
import { shared } from "../../web/shared/locales/shared";
import { words as workerWords } from "../../web/worker/words";
import { type Server, engines, root } from "../api/harness";
import { watchPage } from "./checks";

export const web = `${root}/web`;
export const demoDoor = "DEM0DEM0DEM0DEM0";
export type Lang = "zh" | "en";
// Pages do not know the engine, nor the server the language of a page: each engine and each language once, not each pair.
export const runs = (["zh", "en"] as Lang[]).map((lang, at) => [engines[at % engines.length], lang] as const);
export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };
export const SLOW = Number(process.env.SLOW ?? 45_000); // the machine may be busy; nothing is asserted about how long a thing takes
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    timeout: SLOW,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

const fill = (text: string, args: (string | number)[]) => text.replace(/\{(\d)\}/g, (_all, at: string) => String(args[Number(at)] ?? ""));
/** The sentence of a key as the phone pages say it. */
export function wordsOf(app: "resident" | "worker", lang: Lang) {
  const all: Record<string, string> = { ...shared[lang], ...(app === "resident" ? residentWords : workerWords)[lang] };
  return (key: string, ...args: (string | number)[]): string => {
    if (!(key in all)) throw new Error(`no words for ${key}`);
    return fill(all[key], args);
  };
}
/** The same of the console, which keeps its languages side by side. */
export function consoleWords(lang: Lang) {
  const all: Record<string, readonly [string, string]> = { ...base, ...requests, ...admin };
  return (key: string, ...args: (string | number)[]): string => {
    if (!(key in all)) throw new Error(`no words for ${key}`);
    return fill(all[key][lang === "zh" ? 0 : 1], args);
  };
}

// What Chromium itself writes when an answer is not a good one, or there is no network: told apart from faults of ours.
const NOT_SIGNED_IN = /status of 401 .*\/api\/v1\/me$/;
export const NO_NETWORK = /net::ERR_(INTERNET_DISCONNECTED|FAILED|NETWORK_CHANGED|NETWORK_IO_SUSPENDED)/;
export const REFUSED = (status: number) => new RegExp(`status of ${status} `);

export class Visitor {
  private constructor(
    readonly server: Server,
    readonly lang: Lang,
    readonly context: BrowserContext,
    readonly page: Page,
    readonly faults: () => string[],
  ) {}

  static async come(browser: Browser, server: Server, lang: Lang, size = PHONE, allow: RegExp[] = []): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: size,
      locale: lang === "zh" ? "zh-CN" : "en-GB",
      timezoneId: "Asia/Shanghai",
      reducedMotion: "reduce",
      acceptDownloads: true,
    });
    context.setDefaultTimeout(SLOW);
    const page = await context.newPage();
    const elsewhere: string[] = [];
    // Every request of the context, the service worker's own among them.
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):/.test(url.protocol) && url.origin !== new URL(server.url).origin) elsewhere.push(`foreign origin: ${url.origin}`);
    });
    const watched = watchPage(page, [NOT_SIGNED_IN, ...allow]);
    return new Visitor(server, lang, context, page, () => [...watched(), ...elsewhere]);
  }

  go(path: string): Promise<unknown> {
    return this.page.goto(this.server.url + path, { waitUntil: "load" });
  }
  button(name: string, exact = true): Locator {
    return this.page.getByRole("button", { name, exact });
  }
  /** Through the banner, as a visitor of the demo would. */
  async become(name: string, start = "/"): Promise<void> {
    await this.go(start);
    await this.page.locator(".demo-banner > button").click();
    await Promise.all([this.page.waitForEvent("load"), this.page.locator(".demo-people button", { hasText: name }).first().click()]);
  }
  /** Set now, and gone after any reload: the page that has it is the page that was. */
  mark(): Promise<void> {
    return this.page.evaluate(() => void ((window as unknown as { marked: boolean }).marked = true));
  }
  marked(): Promise<boolean> {
    return this.page.evaluate(() => (window as unknown as { marked?: boolean }).marked === true);
  }
  leave(): Promise<void> {
    return this.context.close();
  }
}

/** The code of a text message: the demo writes it to the server's log. */
export async function codeFrom(server: Server, from: number): Promise<string> {
  for (let i = 0; i < 600; i++) {
    const code = /\bcode[= ](\d{6})\b/.exec(server.log.slice(from))?.[1];
    if (code) return code;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no code in the log:\n${server.log.slice(from)}`);
}
