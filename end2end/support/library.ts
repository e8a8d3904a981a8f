// What the specs about reading find on the server: a series of the demo market, a result, and a session to read them with.
import { type Browser, expect } from "@playwright/test";

import type { Server } from "./server.ts";
import { User } from "./user.ts";

export type Library = {
  /** Cookies of a signed-in user. */
  session: Awaited<ReturnType<import("@playwright/test").BrowserContext["storageState"]>>;
  /** The path of a result. */
  result: string;
};

/** Downloads candles on the command line and runs a backtest through the forms, as a browser without scripts would. */
export async function stock(server: Server, browser: Browser): Promise<Library> {
  const series = ["--exchange", "demo", "--symbol", "BTCUSDT", "--interval", "1h"];
  server.cli(["ingest", ...series, "--start", "2024-01-01", "--end", "2024-07-01"]);
  const context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false });
  const page = await context.newPage();
  const user = new User(page, false);
  await user.signIn();
  await user.open("/backtests/new?strategy=sma_crossover_btc");
  await user.press("Run backtest");
  const result = page.getByRole("main").locator("a[href^='/backtests/0']").first();
  await expect(async () => {
    await page.goto("/backtests");
    await expect(result).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 60_000 });
  const path = (await result.getAttribute("href")) ?? "";
  const session = await context.storageState();
  await context.close();
  return { session, result: path };
}

/** Every page that a signed-in user reads: its path, its heading, and words that only the complete page has. */
export function pages(library: Library): { path: string; heading: RegExp; words: RegExp[] }[] {
  return [
    { path: "/", heading: /^Dashboard$/, words: [/Data coverage/, /Recent backtests/] },
    { path: "/markets", heading: /^Markets$/, words: [/BTCUSDT/, /Synthetic/] },
    { path: "/markets/demo/BTCUSDT/1h", heading: /BTCUSDT/, words: [/Coverage/, /First candle/, /Synthetic/] },
    { path: "/data", heading: /^Data$/, words: [/Stored series/, /Coverage by month/, /BTCUSDT/] },
    { path: "/data/live", heading: /^Live subscriptions$/, words: [/Your subscriptions/, /New subscription/, /Request budget/] },
    { path: "/data/get", heading: /^Get data$/, words: [/Download from an exchange/, /Import a file/, /Offline demo market/] },
    { path: "/data/activity", heading: /^Activity$/, words: [/downloads, imports and repairs/i] },
    { path: "/data/series/demo/BTCUSDT/1h", heading: /^BTCUSDT 1h$/, words: [/Missing locally/, /Coverage by month/, /Without a trade/] },
    { path: "/strategies", heading: /^Strategies$/, words: [/sma_crossover_btc/, /rsi_mean_reversion/] },
    { path: "/strategies/sma_crossover_btc", heading: /sma_crossover_btc/, words: [/fast_period/, /YAML/] },
    { path: "/backtests", heading: /^Backtests$/, words: [/Results/, /sma_crossover_btc/] },
    { path: "/backtests/new", heading: /^New backtest$/, words: [/Initial capital/, /Commission/] },
    { path: library.result, heading: /sma_crossover_btc/, words: [/Sharpe/, /Monthly returns/, /closed trade/] },
  ];
}
