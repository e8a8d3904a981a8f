// What is on a page stays where it is while the page comes to life.
import type { Page } from "@playwright/test";

import { expect, reading as test } from "../../support/fixtures.ts";
import { pages } from "../../support/library.ts";
import { SlowLine } from "../../support/slow_line.ts";

/** Shifts below this are invisible; the Web Vitals call anything up to 0.1 good. */
const MOST = 0.01;

/** Waits until nothing was asked of the server for half a second, streams of live candles aside: they never end. */
async function quiet(page: Page): Promise<void> {
  let latest = Date.now();
  const note = () => { latest = Date.now(); };
  page.on("request", note).on("requestfinished", note);
  await expect.poll(() => Date.now() - latest, { intervals: [100] }).toBeGreaterThan(500);
  page.off("request", note).off("requestfinished", note);
}

/** Adds up from now on what jumps on every page that is opened. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: string[] = [];
    let total = 0;
    Object.assign(window, { shifts: () => ({ total, seen }) });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node?: Node }[] })[]) {
        total += entry.value;
        for (const { node } of entry.sources) {
          const element = node instanceof Element ? node : node?.parentElement;
          seen.push(`${entry.value.toFixed(4)} ${element?.outerHTML.slice(0, 120)}`);
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

async function expectStill(page: Page, path: string, most = MOST): Promise<void> {
  await quiet(page);
  const { total, seen } = await page.evaluate(() => (window as unknown as { shifts(): { total: number; seen: string[] } }).shifts());
  expect.soft(total, `${path} jumps:\n${seen.join("\n")}`).toBeLessThanOrEqual(most);
}

for (const [width, height] of [[1440, 900], [390, 844]] as const) {
  test(`nothing jumps at ${width} pixels`, async ({ user, page, library }) => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width, height });
    await watch(page);
    for (const { path } of pages(library)) {
      await test.step(path, async () => {
        await user.open(path);
        await expectStill(page, path);
      });
    }
  });
}

test("nothing jumps while a page comes in piece by piece", async ({ user, page, server, library }) => {
  const line = await SlowLine.to(server.origin);
  await watch(page);
  for (const { path } of pages(library)) {
    await test.step(path, async () => {
      await user.open(line.origin + path);
      // A page is shown as a whole, so that this is not a matter of how slow the line is.
      await expectStill(page, path, 0.001);
    });
  }
  line.close();
});
