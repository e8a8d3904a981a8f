// Going from page to page as a browser would: the heading takes the focus and the title is announced; the order of a list is in its
// address; nothing covers the content of a telephone held sideways.
import { expect, reading as test } from "../../support/fixtures.ts";

test("the heading of a page that is navigated to takes the focus, and its title is announced", async ({ user, page }) => {
  await user.open("/");
  await expect(page.getByRole("heading", { level: 1 })).not.toBeFocused();
  for (const [link, heading] of [["Data", "Data"], ["Markets", "Markets"], ["Backtests", "Backtests"]] as const) {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: link }).click();
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeFocused();
    await expect(page.getByRole("status").filter({ hasText: heading }).first()).toBeAttached();
  }
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Markets" })).toBeFocused();
});

test("the order of the stored series is in the address and on the head", async ({ user, page, server }) => {
  server.cli(["ingest", "--exchange", "demo", "--symbol", "ETHUSDT", "--interval", "1d", "--start", "2024-01-01", "--end", "2024-02-01"]);
  await user.open("/data");
  const table = page.getByRole("region", { name: "Stored series" });
  const head = table.getByRole("columnheader", { name: "Candles" });
  const counts = async () => {
    const cells = await table.locator("tbody td[data-label=Candles]").allInnerTexts();
    return cells.map((text) => Number(text.replaceAll(",", "")));
  };
  await head.getByRole("link").click();
  await expect(page).toHaveURL(/\?sort=-candles$/);
  await expect(head).toHaveAttribute("aria-sort", "descending");
  await expect(head.getByRole("link")).toBeFocused();
  const descending = await counts();
  expect(descending).toEqual([...descending].sort((a, b) => b - a));
  await head.getByRole("link").click();
  await expect(head).toHaveAttribute("aria-sort", "ascending");
  await page.reload();
  await user.alive();
  await expect(head).toHaveAttribute("aria-sort", "ascending");
  const ascending = await counts();
  expect(ascending).toEqual([...ascending].sort((a, b) => a - b));
});

test("on a telephone held sideways the navigation covers nothing", async ({ user, page }) => {
  await page.setViewportSize({ width: 844, height: 390 });
  for (const path of ["/", "/data", "/markets/demo/BTCUSDT/1h"]) {
    await user.open(path);
    const nav = (await page.getByRole("navigation", { name: "Main" }).boundingBox())!;
    const main = (await page.getByRole("main").boundingBox())!;
    const isApart = nav.x + nav.width <= main.x + 0.5 || nav.y + nav.height <= main.y + 0.5;
    expect(isApart, `${path}: the navigation ends where the page begins`).toBe(true);
  }
});
