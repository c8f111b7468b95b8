// SPDX-License-Identifier: MulanPSL-2.0
// Starts the real server on a free port and a fresh store, and speaks to it as a client would.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const root = resolve(__dirname, "../..");
export const binary = process.env.LINLI_BINARY ?? join(root, "build/linli");
export type Engine = "sqlite" | "postgresql";
// Both always; PostgreSQL only falls away when no cluster is named, and then the run says so.
export const engines: Engine[] = process.env.TEST_PG_URL ? ["sqlite", "postgresql"] : ["sqlite"];

let databases = 0;

export interface Place {
  engine: Engine;
  dir: string;
  args: string[]; // --data and --store
  pgUrl?: string;
  remove(): void;
}

// The demo district, filled once a run by tests/setup.ts and copied here.
export function demoPlace(engine: Engine): Place {
  const template = JSON.parse(process.env.LINLI_TEST_TEMPLATES ?? "{}")[engine];
  if (!template) return freshPlace(engine);
  const place = freshPlace(engine, template.database);
  cpSync(template.data, join(place.dir, "data"), { recursive: true });
  return place;
}

// An empty data folder, and for PostgreSQL an empty database (or a copy of another).
export function freshPlace(engine: Engine, copyOf = "template1"): Place {
  const dir = mkdtempSync(join(tmpdir(), "linli-test-"));
  const place: Place = { engine, dir, args: ["--data", join(dir, "data")], remove: () => rmSync(dir, { recursive: true, force: true }) };
  if (engine === "postgresql") {
    const url = new URL(process.env.TEST_PG_URL!);
    const name = `linli_${process.pid}_${Date.now()}_${databases++}`;
    sql(process.env.TEST_PG_URL!, `create database ${name} template ${copyOf}`);
    url.pathname = `/${name}`;
    place.pgUrl = url.toString();
    place.args.push("--store", place.pgUrl);
    place.remove = () => {
      rmSync(dir, { recursive: true, force: true });
      sql(process.env.TEST_PG_URL!, `drop database if exists ${name} with (force)`);
    };
  }
  return place;
}

export function sql(url: string, text: string): string {
  const run = spawnSync("psql", ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", text], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`psql: ${run.stderr}`);
  return run.stdout;
}

export interface Run {
  status: number | null;
  stdout: string;
  stderr: string;
}

export function linli(args: string[], input?: string): Run {
  const run = spawnSync(binary, args, { encoding: "utf8", input, maxBuffer: 256 << 20 });
  return { status: run.status, stdout: run.stdout, stderr: run.stderr };
}

export class Server {
  url = "";
  log = "";
  constructor(
    readonly place: Place,
    readonly process: ChildProcess,
  ) {}

  static async start(place: Place, extra: string[] = []): Promise<Server> {
    const child = spawn(binary, ["serve", "--port", "0", "--demo-still", ...place.args, ...extra], { stdio: ["ignore", "pipe", "pipe"] });
    const server = new Server(place, child);
    await new Promise<void>((ready, failed) => {
      const take = (chunk: Buffer) => {
        server.log += chunk.toString();
        const found = /^ready (\S+)$/m.exec(server.log);
        if (found) {
          server.url = found[1];
          ready();
        }
      };
      child.stdout!.on("data", take);
      child.stderr!.on("data", take);
      child.on("exit", (code) => failed(new Error(`the server ended with ${code}:\n${server.log}`)));
    });
    return server;
  }

  // SIGTERM, and the exit status.
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    return new Promise((done) => {
      if (this.process.exitCode !== null) return done(this.process.exitCode);
      this.process.removeAllListeners("exit");
      this.process.on("exit", (code) => done(code));
      this.process.kill(signal);
    });
  }

  client(token?: string): Client {
    return new Client(this, token);
  }

  // A demo person, by key.
  async become(key: string): Promise<Client> {
    const answer = await this.client().post("/api/v1/demo/become", { key });
    if (answer.status !== 200) throw new Error(`become ${key}: ${answer.status} ${answer.text}`);
    return this.client(answer.json.token);
  }

  // A resident who signs in by phone and the code that the demo writes to its log.
  async resident(phone: string): Promise<Client> {
    const site = await this.client().get("/api/v1/site");
    const from = this.log.length;
    const asked = await this.client().post("/api/v1/auth/code", { phone, consent_version: site.json.consent_version });
    if (asked.status !== 202) throw new Error(`code: ${asked.status} ${asked.text}`);
    let code: string | undefined;
    for (let i = 0; i < 100 && !code; i++) {
      code = /\bcode[= ](\d{6})\b/.exec(this.log.slice(from))?.[1];
      if (!code) await new Promise((r) => setTimeout(r, 20));
    }
    const signed = await this.client().post("/api/v1/auth/resident", { phone, code });
    if (signed.status !== 200) throw new Error(`resident: ${signed.status} ${signed.text}`);
    return this.client(signed.json.token);
  }
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json: any;
}

export class Client {
  lang = "en";
  constructor(
    readonly server: Server,
    readonly token?: string,
  ) {}

  async send(method: string, path: string, init: { body?: BodyInit; headers?: Record<string, string> } = {}): Promise<Answer> {
    const headers: Record<string, string> = { "accept-language": this.lang, ...init.headers };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    const response = await fetch(this.server.url + path, { method, headers, body: init.body, redirect: "manual" });
    const text = await response.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: response.status, headers: response.headers, text, json };
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.send("GET", path, { headers });
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("POST", path, { body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } });
  }

  patch(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("PATCH", path, { body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } });
  }

  upload(path: string, bytes: Uint8Array, name: string, type: string, fields: Record<string, string> = {}): Promise<Answer> {
    const form = new FormData();
    for (const [key, value] of Object.entries(fields)) form.append(key, value);
    form.append("file", new Blob([bytes], { type }), name);
    return this.send("POST", path, { body: form });
  }

  // An action on a request at the version that the client last saw.
  act(request: { id: string; version: number }, action: string, input: object = {}): Promise<Answer> {
    return this.post(`/api/v1/requests/${request.id}/actions/${action}`, input, { "if-match": `"${request.version}"` });
  }
}
