import { chromium } from "@playwright/test";
const base = process.env.BASE ?? "http://127.0.0.1:4021", out = process.env.OUT ?? "/tmp/shot/png";
import { mkdirSync } from "node:fs";
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
async function session(name) {
  const context = await browser.newContext({ baseURL: base, locale: "en-GB", timezoneId: "UTC" });
  const page = await context.newPage();
  await page.goto("/signin");
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((u) => u.pathname === "/");
  return { context, page };
}
const { context, page } = await session(process.env.USER_NAME ?? "ada");
if (process.env.FILL) {
  const run = async (q) => {
    await page.goto("/backtests/new?" + q);
    await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Run backtest" }).click();
    await page.waitForURL(/backtests\/[0-9a-f-]{36}/, { timeout: 60000 });
    console.log(q, page.url());
  };
  await run("strategy=sma_crossover_btc&series=binance+BTCUSDT+1h");
  await run("strategy=rsi_mean_reversion&series=binance+BTCUSDT+4h");
  await run("strategy=buy_and_hold_btc&series=binance+BTCUSDT+1h");
  await run("strategy=sma_crossover_btc&series=binance+PEPEBTC+1d&p.fast_period=3&p.slow_period=8");
  await run("strategy=sma_crossover_btc&series=binance+LUNCUSDT+1h&p.fast_period=3&p.slow_period=8");
  await run("strategy=sma_crossover_btc&series=binance+BTCUSDT+1h&start=2026-01-01&end=2026-12-31".replace(/2026/g, "2017"));
}
const state = await context.storageState();
const runs = await page.evaluate(async () => {
  const r = await fetch("/backtests"); const t = await r.text();
  return [...new Set([...t.matchAll(/href="\/backtests\/([0-9a-f-]{36})"/g)].map((m) => m[1]))];
});
let pages = (process.env.PAGES ?? "").split(" ").filter(Boolean);
if (pages.length === 0) pages = ["/", "/markets", "/markets/binance/BTCUSDT/1h?indicators=sma(20);rsi(14);macd(12,+26,+9);bollinger(20,+2)", "/markets/binance/PEPEBTC/1d", "/markets/binance/LUNCUSDT/1h", "/markets/binance/BTCUSDT/4h", "/data", "/data/live", "/data/get", "/data/activity", "/data/series/binance/BTCUSDT/1h", "/strategies", "/strategies/sma_crossover_btc", "/strategies/buy_and_hold_btc", "/backtests", "/backtests/new", "/backtests/new?series=binance+PEPEBTC+1d", "/account", "/users", "/nowhere", "/backtests/00000000-0000-7000-8000-000000000000", ...runs.map((id) => "/backtests/" + id)];
for (const theme of (process.env.THEMES ?? "dark light").split(" ")) {
  for (const width of (process.env.WIDTHS ?? "1440 390").split(" ").map(Number)) {
    const c = await browser.newContext({ baseURL: base, storageState: state, viewport: { width, height: width < 500 ? 844 : 900 }, hasTouch: width < 500, locale: "en-GB", timezoneId: "UTC", deviceScaleFactor: 1 });
    await c.addCookies([{ name: "theme", value: theme, url: base }]);
    const p = await c.newPage();
    p.on("console", (m) => { if (m.type() === "error") console.log("CONSOLE", p.url(), m.text()); });
    p.on("pageerror", (e) => console.log("PAGEERROR", p.url(), e.message));
    for (const path of pages) {
      await p.goto(path);
      await p.locator("html[data-hydrated]").waitFor({ state: "attached" });
      await p.waitForTimeout(/markets\/.*\//.test(path) ? 1500 : 400);
      const wide = await p.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth ? document.documentElement.scrollWidth : 0);
      if (wide) console.log("SCROLLS SIDEWAYS", path, width, wide);
      const cut = await p.evaluate(() => [...document.querySelectorAll("main .table-wrap")].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `${e.getAttribute("aria-label") ?? e.querySelector("table")?.className} ${e.scrollWidth}>${e.clientWidth}`));
      if (cut.length) console.log("CUT TABLE", path, width, cut.join("; "));
      const elided = await p.evaluate(() => [...document.querySelectorAll("main *")].filter((e) => { const s = getComputedStyle(e); return s.overflow !== "visible" && s.textOverflow === "ellipsis" && e.scrollWidth > e.clientWidth + 1; }).map((e) => e.textContent.trim().slice(0, 50)));
      if (elided.length) console.log("ELIDED", path, width, elided.slice(0, 4).join(" | "));
      const name = `${path.replace(/[^a-zA-Z0-9]+/g, "_").slice(0, 60)}-${width}-${theme}.png`;
      await p.screenshot({ path: `${out}/${name}`, fullPage: true });
    }
    await c.close();
  }
}
await browser.close();
