// A series that is not stored is no dead end: it can be made from a finer one, or downloaded.
import { expect, reading as test } from "../../support/fixtures.ts";

test("a coarser interval is made from what is stored", async ({ user, page, server, guard, javaScriptEnabled }) => {
  guard.allow(/status 404/, /Failed to load resource.*404/);
  const symbol = javaScriptEnabled === false ? "SOLUSDT" : "BNBUSDT";
  server.cli(["ingest", "--exchange", "demo", "--symbol", symbol, "--interval", "1h", "--start", "2024-01-01", "--end", "2024-01-11"]);
  await user.open(`/markets/demo/${symbol}/1d`);
  await expect(page.getByText(`${symbol} 1d of demo is not stored`)).toBeVisible();
  await expect(page.getByRole("button", { name: `Download ${symbol} 1d` })).toBeVisible();
  await expect(page.getByRole("link", { name: `${symbol} 1h` })).toBeVisible();
  await user.press("Make it from 1h");
  await expect(page.getByRole("region", { name: "Latest candles" }).getByRole("row").nth(1)).toContainText("2024-01-10");
  await expect(page).toHaveURL(new RegExp(`/markets/demo/${symbol}/1d$`));
});

test("a market that is not stored is downloaded from its exchange", async ({ user, page, guard, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, "without scripts the reader loads the page again to see it arrive");
  guard.allow(/status 404/, /Failed to load resource.*404/);
  await user.open("/markets/demo/ETHUSDT/1d");
  await user.press("Download ETHUSDT 1d");
  await expect(page.getByRole("application", { name: /Candlestick chart/ })).toBeVisible({ timeout: 40_000 });
});
