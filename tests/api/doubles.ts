// SPDX-License-Identifier: MulanPSL-2.0
// Vendors of our own on the loopback: an SMS gateway, robots of WeCom groups, WeChat. Each keeps what it was asked, and
// answers as told: a code, a status, nonsense, silence, a closed door.
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { type AddressInfo, type Socket } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "./harness";

export interface Call {
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}
export type Reply =
  | { errcode: number; more?: object }
  | { status: number; headers?: Record<string, string> }
  | { text: string }
  | "silence" // takes the call and never answers
  | "hang_up"; // closes without an answer

export class Vendor {
  calls: Call[] = [];
  /** What the next calls of a path get; afterwards all is well. */
  private scripts = new Map<string, Reply[]>();
  private silent: ServerResponse[] = [];
  private sockets = new Set<Socket>();
  private tokens = 0;
  private server = createServer((rq, rs) => void this.take(rq, rs));

  static async start(): Promise<Vendor> {
    const vendor = new Vendor();
    vendor.server.on("connection", (socket) => {
      vendor.sockets.add(socket);
      socket.on("close", () => vendor.sockets.delete(socket));
    });
    await new Promise<void>((ready) => vendor.server.listen(0, "127.0.0.1", ready));
    return vendor;
  }
  get base(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((done) => this.server.close(() => done()));
  }
  next(path: string, ...replies: Reply[]): void {
    this.scripts.set(path, [...(this.scripts.get(path) ?? []), ...replies]);
  }
  of(path: string): Call[] {
    return this.calls.filter((call) => call.path === path);
  }
  /** Waits until the path was called so often; the calls. */
  async called(path: string, times: number): Promise<Call[]> {
    await until(() => this.of(path).length >= times, `${times} calls of ${path}, ${this.of(path).length} came`);
    return this.of(path);
  }

  private async take(rq: IncomingMessage, rs: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of rq) text += chunk;
    const url = new URL(rq.url!, this.base);
    const call = { path: url.pathname, query: url.searchParams, headers: rq.headers, body: text ? JSON.parse(text) : undefined };
    this.calls.push(call);
    this.reply(rs, this.scripts.get(call.path)?.shift() ?? this.good(call));
  }
  private good(call: Call): Reply {
    if (call.path === "/cgi-bin/stable_token") return { errcode: 0, more: { access_token: `token-${++this.tokens}`, expires_in: 7200 } };
    if (call.path === "/sns/jscode2session") return { errcode: 0, more: { openid: `openid-of-${call.query.get("js_code")}`, session_key: "k" } };
    return { errcode: 0 };
  }
  private reply(rs: ServerResponse, reply: Reply): void {
    if (reply === "silence") return void this.silent.push(rs);
    if (reply === "hang_up") return void rs.socket?.destroy();
    if ("status" in reply) return void rs.writeHead(reply.status, reply.headers).end();
    if ("text" in reply) return void rs.end(reply.text);
    rs.setHeader("content-type", "application/json");
    rs.end(JSON.stringify({ errcode: reply.errcode, errmsg: reply.errcode ? "no" : "ok", ...reply.more }));
  }
}

export async function until(holds: () => boolean | Promise<boolean>, what: string, seconds = 100): Promise<void> {
  const end = Date.now() + seconds * 1000; // patience, not a measurement
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((r) => setTimeout(r, 50));
  }
}

/** What the server is started with so that it speaks to the vendor instead of the world. */
export function vendorArgs(place: Place, vendor: Vendor): string[] {
  const secret = join(place.dir, "secret");
  writeFileSync(secret, "a-secret-of-tests\n", { mode: 0o600 });
  return [
    "--sms-gateway", "http", "--sms-url", `${vendor.base}/sms`, "--sms-key-file", secret,
    "--wecom-base", vendor.base, "--wx-base", vendor.base, "--wx-appid", "wx-test", "--wx-secret-file", secret,
    "--wx-templates", "request.notice_callback=TPL-CALLBACK,thing1,time2;request.notice_closed=TPL-CLOSED,thing1",
    "--notice-retry", "1",
  ];
}

/** Quiet hours that lie around now in China, or far from it. */
export function quietHours(aroundNow: boolean): string {
  const hour = (offset: number) => {
    const at = new Date(Date.now() + (8 + offset) * 3600_000);
    return `${String(at.getUTCHours()).padStart(2, "0")}:${String(at.getUTCMinutes()).padStart(2, "0")}`;
  };
  return aroundNow ? `${hour(-2)}-${hour(2)}` : `${hour(10)}-${hour(14)}`;
}
