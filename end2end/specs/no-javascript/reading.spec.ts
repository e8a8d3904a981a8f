// Every page can be read where no script runs.
import { expect, test } from "../../support/fixtures.ts";

test.beforeAll(({ server }) => {
  server.cli(["ingest", "--exchange", "demo", "--symbol", "BTCUSDT", "--interval", "1h", "--days", "60"]);
});

for (const [path, heading] of [
  ["/", "Dashboard"],
  ["/markets", "Markets"],
  ["/markets/demo/BTCUSDT/1h", /BTCUSDT/],
  ["/data", "Data"],
  ["/strategies", "Strategies"],
  ["/strategies/sma_crossover_btc", /sma_crossover_btc|SMA crossover/],
  ["/backtests", "Backtests"],
  ["/backtests/new", "New backtest"],
] as const) {
  test(`${path} is complete`, async ({ user, page }) => {
    await user.signIn();
    await user.open(path);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  });
}

test("a backtest is started, waited for and read", async ({ user, page }) => {
  await user.signIn();
  await user.open("/backtests/new");
  await page.getByRole("button", { name: /^(run|start)/i }).click();
  await expect
    .poll(
      async () => {
        await page.goto("/backtests");
        return page.locator("main a[href^='/backtests/0']").count();
      },
      { timeout: 30_000 },
    )
    .toBeGreaterThan(0);
  await page.locator("main a[href^='/backtests/0']").first().click();
  await expect(page.getByRole("heading", { name: "Equity and drawdown" })).toBeVisible();
  await expect(page.locator("svg[role=img]").first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Trades" }).first()).toBeVisible();
});
