// The chart takes candles as they happen.
import { expect, test } from "../../support/fixtures.ts";

test("an unfinished candle moves without a reload", async ({ user, page, server, guard }) => {
  test.setTimeout(240_000);
  // Until the first candles of the new subscription are stored there is no such page.
  guard.allow(/status 404: .*SOLUSDT/, /Failed to load resource.*404.*SOLUSDT/);
  const series = ["--exchange", "demo", "--symbol", "SOLUSDT", "--interval", "1m"];
  server.cli(["subscription", "add", "--user", "ada", ...series, "--since", new Date(Date.now() - 7_200_000).toISOString()]);
  await user.signIn();
  await expect(async () => {
    await page.goto("/markets/demo/SOLUSDT/1m");
    await expect(page.getByRole("application", { name: /Candlestick chart/ })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 40_000 });
  await user.alive();
  // Where the pointer rested at the sign-in may be a candle now, and the legend would tell of that one.
  await page.mouse.move(0, 0);
  const chart = page.getByRole("application", { name: /Candlestick chart/ });
  await expect(chart).toHaveAttribute("data-live", /^\d/, { timeout: 30_000 });
  const before = await chart.getAttribute("data-live");
  await expect(chart).not.toHaveAttribute("data-live", before ?? "", { timeout: 45_000 });

  // The badge, the table and the legend follow the same candle.
  await expect(page.getByRole("status").getByText("Live", { exact: true })).toBeVisible();
  const row = page.getByRole("region", { name: "Latest candles" }).getByRole("row").nth(1);
  await expect(row).toContainText("Forming");
  await expect(chart.locator(".legend")).toContainText("Forming");

  // And when it closes, the count and the table have one candle more.
  const count = page.getByRole("definition").nth(2);
  const [candles, opened] = [await count.innerText(), (await row.innerText()).slice(0, 16)];
  await expect(count).not.toHaveText(candles, { timeout: 90_000 });
  await expect(page.getByRole("region", { name: "Latest candles" })).toContainText(opened);
});
