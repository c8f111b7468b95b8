// SPDX-License-Identifier: MulanPSL-2.0
// What an import must say of rows that it cannot or need not take: line, field, reason, and the numbers of the reason.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { engines, freshPlace, linli } from "./harness";
import { writeTsv, zhRows } from "./tables";

describe.each(engines)("rows in doubt on %s", (engine) => {
  const place = freshPlace(engine);
  const file = join(place.dir, "rows.tsv");
  afterAll(() => place.remove());

  const take = (rows: string[][]) => {
    writeFileSync(file, writeTsv(rows));
    return linli(["import", "--mapping", "zh-replied", file, "--no-demo", ...place.args]);
  };
  const back = () => linli(["export", "--mapping", "zh-replied", ...place.args, "--no-demo"]).stdout;

  it("refuses what is too long, by its length, whatever the length", () => {
    const rows = zhRows(6);
    rows[1][5] = "长".repeat(30_000);
    rows[2][5] = "a".repeat(65_530);
    rows[3][5] = "a".repeat(70_000);
    rows[4][6] = "答".repeat(10_001);
    const got = take(rows);
    expect(got.status).toBe(1);
    expect(got.stdout).toMatch(/line 2: refused: words: Too long: at most 10000, there are 300\d\d\./);
    expect(got.stdout).toMatch(/line 3: refused: words: Too long: at most 10000, there are 655\d\d\./);
    expect(got.stdout).toMatch(/line 4: refused: words: Too long: at most 10000, there are 700\d\d\./);
    expect(got.stdout).toContain("line 5: refused: reply: Too long: at most 10000, there are 10001.");
    expect(got.stdout).toContain("6 rows read: 2 new, 0 there already, 4 refused, 0 doubts");
    expect(back()).toBe(writeTsv([rows[0], rows[5], rows[6]]));
  });

  it("says so when a known key comes with another content, and leaves what there is", () => {
    const rows = zhRows(6), before = back();
    const other = [...rows[5]];
    other[4] = "另一个标题";
    const got = take([rows[0], other, rows[6]]);
    expect(got.status).toBe(0);
    expect(got.stdout).toContain("line 2: doubt: key: Differs from what was imported; left as it is.");
    expect(got.stdout).toContain("2 rows read: 0 new, 2 there already, 0 refused, 1 doubts");
    expect(back()).toBe(before);
  });

  it("says so of two rows with one key in one file", () => {
    const [header, row] = zhRows(1);
    const first = ["70001", ...row.slice(1)], second = [...first];
    second[6] = "另一个答复";
    const got = take([header, first, second, first]);
    expect(got.stdout).toContain("line 3: doubt: key: Differs from what was imported; left as it is.");
    expect(got.stdout).toContain("3 rows read: 1 new, 2 there already, 0 refused, 1 doubts");
  });
});
