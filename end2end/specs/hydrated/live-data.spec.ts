// Pages change by themselves while somebody works on them: rows change, what is typed stays; what is new shows in every tab.
import type { Page } from "@playwright/test";

import { expect, test } from "../../support/fixtures.ts";
import { User } from "../../support/user.ts";

/** Counts what the page asks of the server under a path. */
function asked(page: Page, path: string): () => number {
  let count = 0;
  page.on("request", (request) => { if (new URL(request.url()).pathname === path) count += 1; });
  return () => count;
}

test("what is typed and opened stays while rows change", async ({ user, page, server }) => {
  const series = ["--exchange", "demo", "--symbol", "SOLUSDT", "--interval", "1m"];
  server.cli(["subscription", "add", "--user", "ada", ...series, "--since", new Date(Date.now() - 7_200_000).toISOString()]);
  await user.signIn();
  await user.open("/data/live");
  const questions = asked(page, "/api/subscriptions");
  const form = page.getByRole("region", { name: "New subscription" });
  const symbol = form.getByLabel("Symbol", { exact: true });
  await symbol.fill("");
  // At a human's speed, over several answers.
  await symbol.pressSequentially("DOGEUSDT", { delay: 900 });
  await expect(symbol).toHaveValue("DOGEUSDT");
  await expect(symbol).toBeFocused();
  expect(questions(), "the page asked meanwhile").toBeGreaterThan(2);
  const row = page.getByRole("region", { name: "Your subscriptions" }).getByRole("row", { name: /SOLUSDT/ });
  await expect(row).toContainText("Live", { timeout: 40_000 });
  await expect(symbol).toHaveValue("DOGEUSDT");
  server.cli(["subscription", "remove", "--user", "ada", ...series]);
  await expect(row).toHaveCount(0);
});

test("a new series shows in every open tab", async ({ user, page, context }) => {
  await user.signIn();
  const tabs: Page[] = [];
  for (const path of ["/data", "/markets", "/"]) {
    const tab = await context.newPage();
    await new User(tab, true).open(path);
    tabs.push(tab);
  }
  await user.open("/data/get?exchange=demo&symbol=BNBUSDT&interval=1d");
  const form = page.getByRole("region", { name: "Download from an exchange" });
  await expect(form.getByLabel("Symbol", { exact: true })).toHaveValue("BNBUSDT");
  await form.getByRole("button", { name: "Download", exact: true }).click();
  const job = page.getByRole("listitem").filter({ hasText: "BNBUSDT 1d" }).first();
  await expect(job).toContainText("Done", { timeout: 30_000 });
  for (const tab of tabs) {
    await expect(tab.getByRole("main").getByText("BNBUSDT").first()).toBeVisible();
    await tab.close();
  }
});

test("a subscription whose exchange cannot be reached says so and when it is tried again", async ({ user, page, server }) => {
  const series = ["--exchange", "unreachable", "--symbol", "BTCUSDT", "--interval", "1h"];
  server.cli(["subscription", "add", "--user", "ada", ...series]);
  await user.signIn();
  await user.open("/data/live");
  const row = page.getByRole("region", { name: "Your subscriptions" }).getByRole("row", { name: /unreachable/ });
  await expect(row).toContainText("Retrying", { timeout: 40_000 });
  await expect(row).toContainText(/Next try at \d\d:\d\d:\d\d UTC/);
  await page.getByRole("button", { name: "Unsubscribe from unreachable BTCUSDT 1h" }).click();
  await expect(row).toHaveCount(0);
});
