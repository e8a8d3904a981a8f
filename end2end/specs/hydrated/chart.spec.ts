// The interactive chart: it draws, it takes indicators from the address, it listens to mouse and keyboard.
import { expect, reading as test } from "../../support/fixtures.ts";
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
  await page.getByRole("link", { name: "Simple average, 20", exact: true }).click();
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
