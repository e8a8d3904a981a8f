// The form of a backtest: parameters can be changed, and what was typed is not lost.
import { expect, reading as test } from "../../support/fixtures.ts";

const FORM = "/backtests/new?strategy=sma_crossover_btc&series=demo+BTCUSDT+1h";

test("parameters are changed in a new backtest, shown on the result, and changed again", async ({ user, page }) => {
  await user.open(FORM);
  await expect(page.getByLabel("Fast period")).toHaveValue("10");
  await user.fill("Fast period", "5");
  await user.fill("Slow period", "20");
  await user.press("Run backtest");
  await expect(page).toHaveURL(/\/backtests\/0[0-9a-f-]{35}/, { timeout: 60_000 });
  await expect(page.getByRole("heading", { level: 1, name: "SMA crossover, fast 5, slow 20" })).toBeVisible();
  await expect(page.getByLabel("Verdict")).toContainText(/^(Gained|Lost) [\d,.]+ %; buy and hold (gained|lost) [\d,.]+ %\./);
  await page.getByRole("link", { name: "Run again" }).click();
  await expect(page.getByLabel("Fast period")).toHaveValue("5");
  await user.fill("Fast period", "7");
  await user.press("Run backtest");
  await expect(page.getByRole("heading", { level: 1, name: "SMA crossover, fast 7, slow 20" })).toBeVisible({ timeout: 60_000 });
});

test("another strategy brings its own parameters", async ({ user, page }) => {
  await user.open(FORM);
  await page.getByLabel("Strategy", { exact: true }).selectOption("rsi_mean_reversion");
  await expect(page.getByLabel("Oversold")).toHaveValue("30");
  await expect(page.getByLabel("Fast period")).toBeHidden();
  await expect(page.locator("#series-note")).toContainText(/written for 4h|Resampled from/);
});

test("every fault stands at its field, all at once", async ({ user, page, guard }) => {
  guard.allow(/status 422/, /Failed to load resource.*422/);
  await user.open(FORM);
  await user.fill("Fast period", "ten");
  await user.fill("Slow period", "9999");
  await user.press("Run backtest");
  await expect(page.locator("[id='params[fast_period]-note']")).toHaveText("Enter a whole number from 1 to 1,000.");
  await expect(page.locator("[id='params[slow_period]-note']")).toHaveText("Enter a whole number from 2 to 1,000.");
  // It may be out of sight: the focus brings it there.
  await expect(page.getByLabel("Fast period")).toBeFocused();
  await user.fill("Fast period", "10");
  await user.fill("Slow period", "30");
  await user.fill("Initial capital", "lots");
  await user.fill("First day", "31.12.2023");
  await user.press("Run backtest");
  await expect(page.locator("#initial_capital-note")).toHaveText("Enter a number, such as 10000.");
  await expect(page.locator("#start-note")).toHaveText("Enter a date, such as 2024-01-31.");
  await expect(page.getByLabel("Initial capital")).toHaveValue("lots");
  await expect(page.getByLabel("First day")).toBeFocused();
});

test("what was typed survives a reload and Back, and a new form begins afresh", async ({ user, page }) => {
  await user.open(FORM);
  await user.fill("Fast period", "6");
  await user.fill("Initial capital", "12345");
  await page.reload();
  await user.alive();
  await expect(page.getByLabel("Fast period")).toHaveValue("6");
  await expect(page.getByLabel("Initial capital")).toHaveValue("12345");
  await user.goTo("Strategies");
  await page.goBack();
  await expect(page.getByLabel("Fast period")).toHaveValue("6");
  await expect(page.getByLabel("Initial capital")).toHaveValue("12345");
  await user.goTo("Backtests");
  await page.getByRole("link", { name: "New backtest" }).click();
  await expect(page.getByLabel("Initial capital")).toHaveValue("10000");
});

test("what was typed survives an expired sign-in", async ({ user, page, context, guard }) => {
  guard.allow(/status 401/, /Failed to load resource.*401/);
  await user.open(FORM);
  await user.fill("Fast period", "8");
  await context.clearCookies({ name: "crypto_session" });
  await user.press("Run backtest");
  await page.getByRole("link", { name: "Sign in again" }).click();
  await user.alive();
  await user.fill("Name", "ada");
  await user.fill("Password", "correct horse battery");
  await user.press("Sign in");
  await expect(page.getByRole("heading", { level: 1, name: "New backtest" })).toBeVisible();
  await expect(page.getByLabel("Fast period")).toHaveValue("8");
});

test("the order of the results is in the address and on its head", async ({ user, page }) => {
  await user.open("/backtests");
  await page.getByRole("columnheader", { name: "Return" }).getByRole("link").click();
  await expect(page).toHaveURL(/\?sort=return$/);
  await expect(page.getByRole("columnheader", { name: "Return" })).toHaveAttribute("aria-sort", "descending");
  await page.getByRole("columnheader", { name: "Return" }).getByRole("link").click();
  await expect(page).toHaveURL(/\?sort=return&order=ascending$/);
  await expect(page.getByRole("columnheader", { name: "Return" })).toHaveAttribute("aria-sort", "ascending");
  await page.goBack();
  await expect(page.getByRole("columnheader", { name: "Return" })).toHaveAttribute("aria-sort", "descending");
});
