// Outages of an exchange: filled with flat candles because the user asks for it, and emptied again.
import { expect, reading as test } from "../../support/fixtures.ts";

test("outages are filled on request and emptied again", async ({ user, page, server }) => {
  // The demo market, the same on every day, was out three times then.
  const series = ["--exchange", "demo", "--symbol", "BNBUSDT", "--interval", "15m"];
  server.cli(["ingest", ...series, "--start", "2024-07-15", "--end", "2024-09-05"]);

  const address = "/data/series/demo/BNBUSDT/15m";
  await user.open(address);
  const quality = page.getByRole("region", { name: "Quality", exact: true });
  const fact = (name: string) => quality.locator("dl > div").filter({ hasText: name }).getByRole("definition");
  await expect(fact("Missing at the exchange")).toHaveText("98");
  await expect(fact("Filled on request")).toHaveText("0");
  await expect(quality.getByRole("region", { name: "Gaps" }).getByRole("row")).toHaveCount(4);

  await quality.getByText("Fill outages…").click();
  await expect(quality).toContainText("Fill the 98 candles that the exchange does not have");
  await quality.getByRole("button", { name: "Fill them" }).click();
  if (!user.scripts) await user.open(address);
  await expect(fact("Filled on request")).toHaveText("98");
  await expect(fact("Without a trade")).toContainText(/^(9[89]|[1-9]\d\d)/);
  await expect(quality).toContainText("No candle is missing between the first and the last.");
  const months = page.getByRole("region", { name: "Months of every series" }).getByRole("row", { name: /BNBUSDT · 15m/ });
  // What the calendar has beside what was asked for: 14 days of July and 26 of September.
  await expect(months).toContainText("3,840 of 8,832 candles not stored");

  await quality.getByRole("button", { name: "Remove 98 filled candles" }).click();
  if (!user.scripts) await user.open(address);
  await expect(fact("Missing at the exchange")).toHaveText("98");
  await expect(fact("Filled on request")).toHaveText("0");
  await expect(quality.getByRole("region", { name: "Gaps" })).toContainText("Missing at the exchange");
});
