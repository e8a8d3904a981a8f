// A hole in a series: seen with its cause, repaired from the page, gone.
import { expect, reading as test } from "../../support/fixtures.ts";

test("a hole that nobody has asked for is repaired", async ({ user, page, server }) => {
  const series = ["--exchange", "demo", "--symbol", "SOLUSDT", "--interval", "1h"];
  server.cli(["ingest", ...series, "--start", "2024-01-01", "--end", "2024-02-01"]);
  server.cli(["ingest", ...series, "--start", "2024-03-01", "--end", "2024-04-01"]);

  await user.open("/data");
  const stored = page.getByRole("region", { name: "Stored series" }).getByRole("row", { name: /SOLUSDT 1h/ });
  await stored.getByRole("link", { name: "696", exact: true }).click();
  await user.alive();
  const quality = page.getByRole("region", { name: "Quality", exact: true });
  const hole = quality.getByRole("region", { name: "Gaps" }).getByRole("row").nth(1);
  await expect(hole).toContainText("2024-02-01 00:00");
  await expect(hole).toContainText("2024-03-01 00:00");
  await expect(hole).toContainText("696");
  await expect(hole).toContainText("Missing locally");
  const months = page.getByRole("region", { name: "Months of every series" }).getByRole("row", { name: /SOLUSDT · 1h/ });
  await expect(months).toContainText("696 of 2,184 candles not stored");

  await quality.getByRole("button", { name: "Repair", exact: true }).click();
  // What was started shows where everything that is under way does.
  await expect(page).toHaveURL(/\/data\/activity$/);
  const job = page.getByRole("listitem").filter({ hasText: "Repair demo SOLUSDT 1h" });
  await expect(async () => {
    if (!user.scripts) await page.reload();
    await expect(job).toContainText("Done", { timeout: user.scripts ? 15_000 : 500 });
  }).toPass({ timeout: 30_000 });
  await expect(job).toContainText("696 of 696 missing candles fetched");
  await user.open("/data/series/demo/SOLUSDT/1h");
  await expect(quality).toContainText("No candle is missing between the first and the last.");
  await expect(quality.getByRole("button", { name: "Repair" })).toHaveCount(0);
  await expect(months).toContainText("nothing missing");
  await user.open("/data");
  await expect(stored.getByRole("cell", { name: "none", exact: true })).toBeVisible();
  await expect(months).toContainText("nothing missing");
});
