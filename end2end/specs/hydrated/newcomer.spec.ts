// The whole newcomer's path, clicked through: account, demo market, chart, backtest, result, sign-out.
import { expect, test } from "../../support/fixtures.ts";
import { PASSWORD } from "../../support/user.ts";

test("from an empty installation to a result and out again", async ({ user, page, emptyServer }) => {
  test.setTimeout(120_000);
  await user.open(emptyServer.origin);
  await user.fill("Name", "grace");
  await user.fill("Password", PASSWORD);
  await user.fill("Password again", PASSWORD);
  await user.press("Create account");
  await expect(page.getByRole("heading", { level: 1, name: "Dashboard" })).toBeVisible();
  await user.alive();

  // The demo market is offered, named as synthetic, and its download shows by itself when it is done.
  await page.getByRole("button", { name: /offline demo market/i }).click();
  await expect(page.getByText("Data coverage")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Synthetic").first()).toBeVisible();

  await user.goTo("Markets");
  await page.getByRole("link", { name: /BTCUSDT/ }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: /BTCUSDT/ })).toBeVisible();
  await expect(page.locator("canvas").first()).toBeVisible();

  await user.open(`${emptyServer.origin}/backtests/new`);
  await page.getByRole("button", { name: /^(run|start)/i }).click();
  // The page of the queue leads to the result by itself once there is one.
  await expect(page).toHaveURL(/\/backtests\/[0-9a-f-]{36}/, { timeout: 60_000 });
  for (const heading of ["Equity and drawdown", "Monthly returns", "Trades"]) {
    await expect(page.getByRole("heading", { name: heading }).first()).toBeVisible();
  }
  await expect(page.getByText(/synthetic/i).first()).toBeVisible();
  await user.signOut();
});
