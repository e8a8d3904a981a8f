// The interactive chart: it draws, it takes indicators from the address, it listens to mouse and keyboard.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, reading as test } from "../../support/fixtures.ts";
import type { Server } from "../../support/server.ts";
import type { User } from "../../support/user.ts";

const CHART = "/markets/demo/BTCUSDT/1h";

/** Opens the chart and waits until it has drawn the latest candle. */
async function openChart(user: User) {
  await user.open(CHART);
  const chart = user.page.getByRole("application", { name: /Candlestick chart/ });
  await expect(chart.locator("canvas").first()).toBeVisible();
  const legend = chart.locator(".legend");
  await expect(legend).toContainText(/2024-06-30/);
  return { chart, legend };
}

test("the chart draws candles and tells what is under the crosshair", async ({ user, page }) => {
  const { chart, legend } = await openChart(user);
  const latest = await legend.innerText();
  const box = (await chart.boundingBox())!;
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 3);
  await expect(legend).not.toHaveText(latest);
});

test("indicators live in the address and can be added and removed", async ({ user, page }) => {
  await user.open(CHART);
  await page.locator("summary").filter({ hasText: "Indicators" }).click();
  await page.getByRole("link", { name: "SMA 20", exact: true }).click();
  await expect(page).toHaveURL(/indicators=sma\(20\)/);
  await expect(page.getByRole("application").locator(".legend")).toContainText(/sma/i);
  await page.getByRole("link", { name: "Remove sma(20)" }).click();
  await expect(page).not.toHaveURL(/sma/);
});

test("the keyboard moves the crosshair and switches the scale", async ({ user, page }) => {
  const { chart, legend } = await openChart(user);
  const latest = await legend.innerText();
  await chart.focus();
  for (let press = 0; press < 5; press++) await page.keyboard.press("ArrowLeft");
  await expect(legend).not.toHaveText(latest);
  await page.keyboard.press("l");
  await expect(page.getByRole("button", { name: "Log" })).toHaveAttribute("aria-pressed", "true");
});

test("panning to the left loads earlier candles", async ({ user, page }) => {
  const { chart } = await openChart(user);
  let earlier = 0;
  page.on("response", (response) => {
    if (/\/api\/candles\?.*before=/.test(response.url()) && response.ok()) earlier += 1;
  });
  const box = (await chart.boundingBox())!;
  // Each drag moves less than one screen; the first page of candles is several screens wide.
  for (let drag = 0; drag < 40 && earlier === 0; drag++) {
    await page.mouse.move(box.x + 100, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 150, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
  }
  await expect.poll(() => earlier).toBeGreaterThan(0);
});

test("another interval or market may be chosen while indicators are shown", async ({ user, page, server }) => {
  for (const [symbol, interval] of [["BTCUSDT", "4h"], ["ETHUSDT", "1h"]] as const) {
    server.cli(["ingest", "--exchange", "demo", "--symbol", symbol, "--interval", interval, "--start", "2024-05-01", "--end", "2024-07-01"]);
  }
  await user.open(`${CHART}?indicators=sma(20);rsi(14)`);
  const legend = page.getByRole("application").locator(".legend");
  await expect(legend).toContainText(/rsi/i);
  await page.getByRole("navigation", { name: "Interval" }).getByRole("link", { name: "4h" }).click();
  await expect(page).toHaveURL(/\/4h$/);
  await expect(page).toHaveTitle(/4h/);

  // The page still answers: indicators can be shown, another market chosen, and the navigation leads away.
  await page.locator("summary").filter({ hasText: "Indicators" }).click();
  await page.getByRole("link", { name: "RSI 14", exact: true }).click();
  await expect(legend).toContainText(/rsi/i);
  await page.keyboard.press("Escape");
  await page.locator("summary").filter({ hasText: "Other markets" }).click();
  await page.getByRole("link", { name: /^ETHUSDT/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "ETHUSDT" })).toBeVisible();
  await user.goTo("Strategies");
});

/** Imports forty hours of a coin that costs a hundredth of a cent. */
function importCheapCoin(server: Server): void {
  const start = Date.UTC(2024, 0, 1);
  const rows = Array.from({ length: 40 }, (_, hour) => {
    const open = start + hour * 3_600_000;
    const [first, last] = hour % 2 === 0 ? ["0.00013692", "0.00013659"] : ["0.00013659", "0.00013692"];
    return [open, first, "0.00013696", "0.00013646", last, "1200", open + 3_599_999, "0.16", 5, "600", "0.08", 0].join(",");
  });
  const file = join(server.folder, "LUNCUSDT-1h.csv");
  writeFileSync(file, rows.join("\n"));
  server.cli(["import", file, "--exchange", "binance", "--symbol", "LUNCUSDT", "--interval", "1h"]);
}

test("a coin that costs little shows all of its digits", async ({ user, page, server }) => {
  importCheapCoin(server);
  await user.open("/markets/binance/LUNCUSDT/1h?indicators=macd(3,+6,+2);atr(3)");
  const legend = page.getByRole("application").locator(".legend");
  for (const price of ["O 0.00013659", "H 0.00013696", "L 0.00013646", "C 0.00013692"]) {
    await expect(legend).toContainText(price);
  }
  // Neither indicator is zero, so neither is written as if it were.
  const values = (await legend.locator(".row").nth(1).innerText()).match(/-?\d+\.\d+/g) ?? [];
  expect(values.length).toBeGreaterThan(0);
  for (const value of values.slice(2)) expect(Math.abs(Number(value)), value).toBeGreaterThan(0);
  const table = page.getByRole("region", { name: "Latest candles" });
  await expect(table.getByRole("row").nth(1)).toContainText("0.00013659");
});

test("an address with something that is no indicator shows the others and says so", async ({ user, page }) => {
  await user.open(`${CHART}?indicators=rsi(14);smaa(3)`);
  const legend = page.getByRole("application").locator(".legend");
  await expect(legend).toContainText(/rsi\(14\) \d/);
  await expect(legend).toContainText("There is no indicator 'smaa'. Did you mean 'sma'?");
});

test("keys reach the chart without a click into it, and not while something is typed", async ({ user, page }) => {
  const { legend } = await openChart(user);
  const log = page.getByRole("button", { name: "Log" });
  await page.keyboard.press("l");
  await expect(log).toHaveAttribute("aria-pressed", "true");
  const latest = await legend.innerText();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(legend).not.toHaveText(latest);
  await page.keyboard.press("Control+l");
  await expect(log).toHaveAttribute("aria-pressed", "true");
  await page.locator("summary").filter({ hasText: "Indicators" }).click();
  await page.getByLabel("Or write one").pressSequentially("fl");
  await expect(log).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("region", { name: "Chart", exact: true })).not.toHaveClass(/large/);
});

test("the logarithmic scale is for prices only", async ({ user, page }) => {
  await user.open(`${CHART}?indicators=macd(12,+26,+9)`);
  const chart = page.getByRole("application");
  await expect(chart.locator(".legend")).toContainText("macd");
  await page.keyboard.press("l");
  // The scale's numbers are drawn, so the chart is asked.
  const modes = () => chart.evaluate((element) => (element as HTMLElement & { scales(): number[] }).scales());
  await expect.poll(modes).toEqual([1, 0]);
  await page.getByRole("link", { name: /Remove macd/ }).click();
  await page.locator("summary").filter({ hasText: "Indicators" }).click();
  await page.getByRole("link", { name: "RSI 14", exact: true }).click();
  await expect.poll(modes).toEqual([1, 0]);
});

test.describe("on a telephone", () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test("a swipe up on the chart scrolls the page", async ({ user, page, context }) => {
    const { chart } = await openChart(user);
    const box = (await chart.boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    // Playwright has taps only; the browser's own protocol has fingers that move.
    const finger = await context.newCDPSession(page);
    const touch = (type: string, at?: number) =>
      finger.send("Input.dispatchTouchEvent", { type, touchPoints: at === undefined ? [] : [{ x, y: at }] } as never);
    await touch("touchStart", y);
    for (let moved = 20; moved <= 240; moved += 20) await touch("touchMove", y - moved);
    await touch("touchEnd");
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100);
  });

  test("on its side, nothing covers the chart", async ({ user, page }) => {
    await page.setViewportSize({ width: 844, height: 390 });
    const { chart } = await openChart(user);
    await chart.scrollIntoViewIfNeeded();
    const [nav, box] = [await page.getByRole("navigation", { name: "Main" }).boundingBox(), await chart.boundingBox()];
    expect(nav!.y + nav!.height <= box!.y || box!.y + box!.height <= nav!.y, JSON.stringify({ nav, box })).toBe(true);
    expect(box!.height).toBeLessThanOrEqual(390);
  });
});
