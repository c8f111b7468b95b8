// SPDX-License-Identifier: MulanPSL-2.0
// A small strict reader of XML 1.0 without attributes, and the Spark convention as it is written down: what the server's
// JSON is compared with. It shares nothing with the server.
export interface Element {
  name: string;
  content: (Element | string)[];
}
export const children = (element: Element): Element[] => element.content.filter((c): c is Element => typeof c !== "string");
export const textOf = (element: Element): string => element.content.map((c) => (typeof c === "string" ? c : textOf(c))).join("");
export function child(element: Element, name: string): Element {
  const found = children(element).filter((c) => c.name === name);
  if (found.length !== 1) throw new Error(`<${element.name}> has ${found.length} <${name}>`);
  return found[0];
}

function isChar(code: number): boolean {
  return code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}

// Line ends are made one before anything else is read (XML 1.0, 2.11), so that a carriage return survives only as &#13;.
export function parseXml(source: string): Element {
  const text = source.replace(/\r\n?/g, "\n");
  for (const character of text) if (!isChar(character.codePointAt(0)!)) throw new Error(`character ${character.codePointAt(0)} is not XML`);
  const declaration = /^<\?xml version="1\.0" encoding="utf-8"\?>\n?/.exec(text);
  if (!declaration) throw new Error("no XML declaration");
  let at = declaration[0].length;
  const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
  const unescape = (raw: string): string => {
    if (raw.includes("]]>")) throw new Error("]]> in text");
    return raw.replace(/&([^;&]*);?|&/g, (whole, name: string) => {
      const number = /^#(\d+)$/.exec(name ?? "")?.[1];
      const code = number === undefined ? undefined : Number(number);
      if (!whole.endsWith(";") || (code === undefined ? !(name in entities) : !isChar(code))) throw new Error(`bad reference ${whole}`);
      return code === undefined ? entities[name] : String.fromCodePoint(code);
    });
  };
  const element = (): Element => {
    const open = /^<([a-z][a-z_0-9]*)>/.exec(text.slice(at, at + 200));
    if (!open) throw new Error(`no element at ${text.slice(at, at + 40)}`);
    at += open[0].length;
    const made: Element = { name: open[1], content: [] };
    for (;;) {
      const next = text.indexOf("<", at);
      if (next < 0) throw new Error(`<${made.name}> does not end`);
      if (next > at) made.content.push(unescape(text.slice(at, next)));
      at = next;
      if (text.startsWith("</", at)) {
        const close = `</${made.name}>`;
        if (!text.startsWith(close, at)) throw new Error(`<${made.name}> ends as ${text.slice(at, at + 40)}`);
        at += close.length;
        return made;
      }
      made.content.push(element());
    }
  };
  const root = element();
  if (text.slice(at).trim()) throw new Error("something after the root");
  return root;
}

// Containers of these names hold a list; everything else with elements in it is an object, the rest text or null.
const lists = new Set(["services", "attributes", "values", "service_requests", "errors", "endpoints", "formats", "notes", "service_request_updates"]);
export function sparkOf(element: Element): unknown {
  const inner = children(element);
  if (lists.has(element.name)) return inner.map(sparkOf);
  if (inner.length) return Object.fromEntries(inner.map((c) => [c.name, sparkOf(c)]));
  return textOf(element) || null;
}
