// SPDX-License-Identifier: MulanPSL-2.0
// Before all tests: the demo district is filled once for each engine; tests copy it (demoPlace of api/harness.ts).
import { join } from "node:path";
import { Server, engines, freshPlace } from "./api/harness";

export default async function setup(): Promise<() => void> {
  const places = engines.map((engine) => freshPlace(engine));
  const templates: Record<string, { data: string; database?: string }> = {};
  for (const place of places) {
    const server = await Server.start(place);
    if ((await server.stop()) !== 0) throw new Error(server.log);
    templates[place.engine] = { data: join(place.dir, "data"), database: place.pgUrl && new URL(place.pgUrl).pathname.slice(1) };
  }
  process.env.LINLI_TEST_TEMPLATES = JSON.stringify(templates);
  return () => places.forEach((place) => place.remove());
}
