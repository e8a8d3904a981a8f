// Live subscriptions: subscribe, watch the backfill and the live candles, read the quality, unsubscribe.
import { expect, test } from "../../support/fixtures.ts";

test("a series that is subscribed to is backfilled and followed", async ({ user, page }) => {
  await user.signIn();
  await user.open("/data/live");
  const form = page.getByRole("region", { name: "New subscription" });
  await form.getByLabel("Exchange", { exact: true }).selectOption("demo");
  await form.getByLabel("Symbol", { exact: true }).fill("ETHUSDT");
  await form.getByLabel("Interval", { exact: true }).selectOption("1m");
  await form.getByLabel("Backfill", { exact: true }).fill("3");
  await form.getByRole("button", { name: "Subscribe", exact: true }).click();

  const row = page.getByRole("region", { name: "Your subscriptions" }).getByRole("row", { name: /ETHUSDT/ });
  await expect(async () => {
    if (!user.scripts) await page.goto("/data/live");
    await expect(row).toContainText("Live", { timeout: 1_000 });
  }).toPass({ timeout: 40_000 });
  // The last candle is the one that closed a moment ago: the next one is less than a minute away.
  await expect(row.getByRole("cell").nth(2)).toHaveText(/^(In [1-5]?\d ?s|Due now)$/);

  await user.open("/data/series/demo/ETHUSDT/1m");
  const quality = page.getByRole("region", { name: "Quality", exact: true });
  await expect(quality).toContainText("Missing at the exchange");
  await expect(quality).toContainText("Without a trade");
  await user.open("/data");
  await expect(page.getByRole("region", { name: "Coverage by month" }).first()).toContainText("ETHUSDT · 1m · demo");

  await user.open("/data/live");
  await page.getByRole("button", { name: "Unsubscribe from demo ETHUSDT 1m" }).click();
  await expect(row).toHaveCount(0);
});

test("what cannot be followed is said at its field", async ({ user, page, guard }) => {
  guard.allow(/status 4\d\d: .*subscribe/, /Failed to load resource/);
  await user.signIn();
  await user.open("/data/live");
  const form = page.getByRole("region", { name: "New subscription" });
  await form.getByLabel("Exchange", { exact: true }).selectOption("demo");
  await form.getByLabel("Symbol", { exact: true }).fill("NOSUCHUSDT");
  await form.getByRole("button", { name: "Subscribe", exact: true }).click();
  await expect(page.getByText(/has no symbol 'NOSUCHUSDT'/)).toBeVisible();

  await form.getByLabel("Exchange", { exact: true }).selectOption("yahoo");
  await form.getByLabel("Symbol", { exact: true }).fill("BTC-USD");
  // With scripts the choice holds what the exchange publishes.
  if (user.scripts) {
    await expect(form.getByLabel("Interval", { exact: true }).getByRole("option", { name: "1d", exact: true })).toHaveCount(1);
    await expect(form.getByLabel("Interval", { exact: true }).getByRole("option", { name: "1m", exact: true })).toHaveCount(0);
    return;
  }
  await form.getByLabel("Interval", { exact: true }).selectOption("1m");
  await form.getByRole("button", { name: "Subscribe", exact: true }).click();
  await expect(page.getByText("yahoo publishes no 1m candles.")).toBeVisible();
});
