// Every reading page is complete, with scripts and without, on a desk and on a phone.
import { expect, reading as test } from "../../support/fixtures.ts";
import { pages } from "../../support/library.ts";

test("every page shows its heading and all of its content", async ({ user, page, library }) => {
  test.setTimeout(120_000);
  for (const { path, heading, words } of pages(library)) {
    await test.step(path, async () => {
      await user.open(path);
      await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      for (const word of words) await expect(page.getByRole("main").getByText(word).filter({ visible: true }).first()).toBeVisible();
      await expect(page).toHaveTitle(/ · Crypto$/);
    });
  }
});

test("no page is wider than a phone", async ({ user, page, library }) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 390, height: 844 });
  for (const { path, heading } of pages(library)) {
    await test.step(path, async () => {
      await user.open(path);
      await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(excess, `${path} scrolls sideways by ${excess} pixels`).toBeLessThanOrEqual(0);
    });
  }
});

test("a result shows its equity as a drawing with a description", async ({ user, page, library }) => {
  await user.open(library.result);
  const drawing = page.getByRole("region", { name: "Equity and drawdown" }).locator("svg").filter({ visible: true });
  await expect(drawing.first()).toBeVisible();
  await expect(page.getByRole("main").getByText("Synthetic").first()).toBeVisible();
});

test("the pages of the trades are links", async ({ user, page, library }) => {
  await user.open(`${library.result}?page=2`);
  const pager = page.getByRole("navigation", { name: "Pages of trades" });
  await expect(pager.getByText("Page 2 of")).toBeVisible();
  await pager.getByRole("link", { name: "Previous" }).click();
  await expect(pager.getByText("Page 1 of")).toBeVisible();
});

test("what does not exist says so and offers a way on", async ({ user, page, guard }) => {
  guard.allow(/status 404/, /Failed to load resource.*404/);
  for (const path of ["/nowhere", "/strategies/nowhere", "/data/series/demo/NOPEUSDT/1h", "/backtests/00000000-0000-7000-8000-000000000000"]) {
    await test.step(path, async () => {
      await user.open(path);
      await expect(page.getByText(/not found|does not exist|not stored/i).first()).toBeVisible();
      await expect(page.getByRole("link", { name: /dashboard|all series/i }).first()).toBeVisible();
    });
  }
});

test("another user sees no result of ours", async ({ server, browser, library, javaScriptEnabled }) => {
  server.cli(["user", "add", `eve-${javaScriptEnabled}`], "another long password\n");
  const context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled, storageState: undefined });
  const page = await context.newPage();
  const { User } = await import("../../support/user.ts");
  const eve = new User(page, javaScriptEnabled !== false);
  await eve.signIn(`eve-${javaScriptEnabled}`, "another long password");
  await eve.open("/backtests");
  await expect(page.getByText("No results yet")).toBeVisible();
  await eve.open(library.result);
  await expect(page.getByText(/not found|does not exist/i).first()).toBeVisible();
  await context.close();
});
