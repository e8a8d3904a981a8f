// Everything on the way to a result can be reached and used with the keyboard alone.
import type { Page } from "@playwright/test";

import { expect, reading as test, test as anonymous } from "../../support/fixtures.ts";
import { NAME, PASSWORD } from "../../support/user.ts";

/** Presses Tab until the focus is on an element of that name; fails after more stops than a page should need. */
async function tabTo(page: Page, name: RegExp, most = 40): Promise<void> {
  const seen: string[] = [];
  for (let stop = 0; stop < most; stop++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
    });
    if (name.test(focused)) return;
    seen.push(focused.slice(0, 30));
  }
  throw new Error(`${name} is not among the first ${most} stops of the Tab key: ${seen.join(" | ")}`);
}

anonymous("signing in needs no mouse", async ({ user, page }) => {
  await user.open("/signin");
  await page.getByLabel("Name", { exact: true }).focus();
  await page.keyboard.type(NAME);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Dashboard" })).toBeVisible();
});

test("the first stop skips the navigation", async ({ user, page }) => {
  await user.open("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("the navigation, a backtest and its figures need no mouse", async ({ user, page }) => {
  await user.open("/");
  await tabTo(page, /^Backtests$/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Backtests" })).toBeVisible();
  await tabTo(page, /^New backtest$/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "New backtest" })).toBeVisible();
  await tabTo(page, /^Run backtest$/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/backtests\/0[0-9a-f-]{35}/, { timeout: 30_000 });

  // A figure explains itself when it has the focus.
  const sharpe = page.getByRole("group", { name: "Sharpe ratio" }).first();
  await sharpe.focus();
  await expect(sharpe.getByRole("tooltip")).toBeVisible();
});

test("the account menu opens and signs out without a mouse", async ({ user, page, browser, server }) => {
  // A session of its own: the other tests go on using the shared one.
  const context = await browser.newContext({ baseURL: server.origin, storageState: undefined });
  const own = await context.newPage();
  const { User } = await import("../../support/user.ts");
  await new User(own, true).signIn();
  await own.getByLabel("Account", { exact: true }).focus();
  await own.keyboard.press("Enter");
  await tabTo(own, /Sign out/, 6);
  await own.keyboard.press("Enter");
  await expect(own.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await context.close();
  await user.open("/");
  await expect(page.getByRole("heading", { level: 1, name: "Dashboard" })).toBeVisible();
});
