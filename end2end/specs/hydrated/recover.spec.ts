// When the program of a page panics, the reader is offered to reload instead of being left with a dead page.
import { expect, reading as test } from "../../support/fixtures.ts";

test("a panic offers to reload, and reloading brings the page back", async ({ page, guard }) => {
  guard.allow(/panicked at/, /unreachable/, /hydration/i, /RuntimeError/);
  // Taking over a page that is not what the server rendered makes the program panic.
  let isBroken = true;
  await page.route("**/markets", async (route) => {
    const answer = await route.fetch();
    const html = await answer.text();
    const broken = html.replace(/<main\b[^>]*>[\s\S]*<\/main>/, "<main></main>");
    await route.fulfill({ response: answer, body: isBroken ? broken : html });
  });
  const told: string[] = [];
  page.on("console", (message) => told.push(message.text()));
  await page.goto("/markets");
  const dialog = page.getByRole("alertdialog", { name: "Something went wrong" });
  await expect(dialog).toBeVisible();
  expect(told.join("\n")).toContain("panicked at");
  await expect(dialog.getByRole("button", { name: "Reload" })).toBeFocused();

  // Nothing behind it can be used, so it stays.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeVisible();

  isBroken = false;
  await dialog.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Markets" })).toBeVisible();
  await expect(dialog).toBeHidden();
});
