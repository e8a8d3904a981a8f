// A refused form keeps what was typed, with scripts and without.
import { expect, reading as test } from "../../support/fixtures.ts";

test("a refused backtest keeps every text and says what is wrong at its field", async ({ user, page, guard }) => {
  guard.allow(/status 422/, /Failed to load resource.*422/);
  await user.open("/backtests/new?strategy=sma_crossover_btc&series=demo+BTCUSDT+1h");
  await user.fill("Fast period", "40");
  await user.fill("First day", "2024-02-01");
  await user.fill("Initial capital", "4321");
  await user.press("Run backtest");
  await expect(page.getByText("The fast period must be less than the slow period.")).toBeVisible();
  await expect(page.getByLabel("Fast period")).toHaveValue("40");
  await expect(page.getByLabel("First day")).toHaveValue("2024-02-01");
  await expect(page.getByLabel("Initial capital")).toHaveValue("4321");
});
