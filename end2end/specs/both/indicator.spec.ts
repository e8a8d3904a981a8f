// An indicator that is none is told where it was typed, and the chart keeps the others.
import { expect, reading as test } from "../../support/fixtures.ts";

test("a wrong indicator is told at its field and not added", async ({ user, page, guard }) => {
  guard.allow(/status 422/, /Failed to load resource.*422/);
  await user.open("/markets/demo/BTCUSDT/1h?indicators=rsi(14)");
  const menu = page.locator("summary").filter({ hasText: "Indicators" });
  const field = page.getByLabel("Or write one");
  await menu.click();
  await field.fill("smaa(3)");
  await user.press("Add");
  await expect(page.getByText("There is no indicator 'smaa'. Did you mean 'sma'?")).toBeVisible();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("link", { name: "Remove rsi(14)" })).toBeVisible();
  await expect(page.getByRole("link", { name: /Remove smaa/ })).toHaveCount(0);

  await field.fill("sma(3)");
  await user.press("Add");
  await expect(page.getByRole("link", { name: "Remove sma(3)" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Remove rsi(14)" })).toBeVisible();
  await expect(page).toHaveURL(/indicators=rsi\(14\);sma\(3\)$/);
});
