// Menus close on Escape and on clicks elsewhere, can be walked with the arrow keys, and stay inside the window.
import type { Page } from "@playwright/test";

import { expect, reading as test } from "../../support/fixtures.ts";

const CHART = "/markets/demo/BTCUSDT/1h";

const indicators = (page: Page) => ({
  button: page.locator("summary").filter({ hasText: "Indicators" }),
  entry: page.getByRole("link", { name: "SMA 20", exact: true }),
});

test("Escape closes a menu and gives the focus back to its button", async ({ user, page }) => {
  await user.open(CHART);
  const { button, entry } = indicators(page);
  await button.click();
  await expect(entry).toBeVisible();
  await entry.focus();
  await page.keyboard.press("Escape");
  await expect(entry).toBeHidden();
  await expect(button).toBeFocused();
});

test("a click elsewhere closes a menu, a click inside does not", async ({ user, page }) => {
  await user.open(CHART);
  const { button, entry } = indicators(page);
  await button.click();
  await page.getByLabel("Or write one").click();
  await expect(entry).toBeVisible();
  await page.getByRole("heading", { level: 1 }).click();
  await expect(entry).toBeHidden();
  // The chart is elsewhere too, although it draws in a world of its own.
  await button.click();
  await page.getByRole("application").click({ position: { x: 700, y: 200 } });
  await expect(entry).toBeHidden();
});

test("the arrow keys open a menu and walk through it", async ({ user, page }) => {
  await user.open(CHART);
  const { button, entry } = indicators(page);
  await button.focus();
  await page.keyboard.press("ArrowDown");
  await expect(entry).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("link", { name: "SMA 50", exact: true })).toBeFocused();
  await page.keyboard.press("Home");
  await expect(entry).toBeFocused();
});

for (const [width, height] of [[1440, 900], [390, 844], [844, 390]] as const) {
  test(`what opens fits into ${width} × ${height} pixels`, async ({ user, page, library }) => {
    await page.setViewportSize({ width, height });
    for (const path of [CHART, "/data", library.result]) {
      await user.open(path);
      const menus = page.locator(":is(details.menu, details.confirm) > summary:visible");
      for (const menu of await menus.all()) {
        await menu.scrollIntoViewIfNeeded();
        await menu.click();
        const body = menu.locator("xpath=..").locator(":scope > .menu-body, :scope > form");
        await expect(body).toBeVisible();
        const isInside = await body.evaluate((element) => {
          const { left, right, top, bottom } = element.getBoundingClientRect();
          const isFlowing = getComputedStyle(element).position === "static";
          return left >= 0 && right <= innerWidth && (isFlowing || (top >= 0 && bottom <= innerHeight));
        });
        expect.soft(isInside, `${path}: '${await menu.innerText()}' opens inside the window`).toBe(true);
        await page.keyboard.press("Escape");
      }
    }
  });
}
