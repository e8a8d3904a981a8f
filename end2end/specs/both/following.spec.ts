// Keeping a series current: subscribe, watch it being completed and followed, read its quality, stop.
import { expect, test } from "../../support/fixtures.ts";

test("a series that is subscribed to is completed and followed", async ({ user, page }) => {
  await user.signIn();
  await user.open("/data");
  const panel = page.getByRole("region", { name: "Kept current" });
  await panel.getByText("Keep a series current").click();
  await panel.getByLabel("Exchange", { exact: true }).selectOption("demo");
  await panel.getByLabel("Symbol", { exact: true }).fill("ETHUSDT");
  await panel.getByLabel("Interval", { exact: true }).selectOption("1m");
  await panel.getByLabel("Complete for", { exact: true }).fill("3");
  await panel.getByRole("button", { name: "Keep current", exact: true }).click();

  const row = panel.getByRole("row", { name: /ETHUSDT/ });
  await expect(async () => {
    if (!user.scripts) await page.goto("/data");
    await expect(row).toContainText("Live", { timeout: 1_000 });
  }).toPass({ timeout: 40_000 });
  // The last candle is the one that closed a moment ago.
  await expect(row.getByRole("cell").nth(2)).toHaveText(/^\d+s$|^1m/);

  await user.open("/data?gaps=demo+ETHUSDT+1m");
  const quality = page.getByRole("region", { name: "Quality of demo ETHUSDT 1m" });
  await expect(quality).toContainText("Missing at the exchange");
  await expect(quality).toContainText("Without a trade");
  await expect(page.getByRole("region", { name: "Coverage by month" }).first()).toContainText("demo ETHUSDT 1m");

  await panel.getByRole("button", { name: "Stop keeping demo ETHUSDT 1m current" }).click();
  await expect(row).toHaveCount(0);
});

test("what cannot be followed is said at its field", async ({ user, page, guard }) => {
  guard.allow(/status 4\d\d: .*subscribe/, /Failed to load resource/);
  await user.signIn();
  await user.open("/data");
  const panel = page.getByRole("region", { name: "Kept current" });
  await panel.getByText("Keep a series current").click();
  await panel.getByLabel("Exchange", { exact: true }).selectOption("yahoo");
  await panel.getByLabel("Symbol", { exact: true }).fill("BTC-USD");
  await panel.getByLabel("Interval", { exact: true }).selectOption("1m");
  await panel.getByRole("button", { name: "Keep current", exact: true }).click();
  await expect(page.getByText("yahoo publishes no 1m candles.")).toBeAttached();
});
