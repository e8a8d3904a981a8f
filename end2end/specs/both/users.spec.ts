// Accounts: an administrator adds and disables users, everybody changes their own password and ends other login sessions.
import { expect, test } from "../../support/fixtures.ts";
import { PASSWORD, User } from "../../support/user.ts";

const OTHER = "another fine password";

test("an administrator adds a user, who signs in, and keeps them out again", async ({ user, page, browser, guard, emptyServer }) => {
  guard.allow(/status 4\d\d: .*sign_in/, /Failed to load resource/);
  emptyServer.cli(["user", "add", "grace"], `${PASSWORD}\n`);
  await user.open(`${emptyServer.origin}/signin`);
  await user.fill("Name", "grace");
  await user.fill("Password", PASSWORD);
  await user.press("Sign in");
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  await user.alive();
  await page.getByLabel("Account", { exact: true }).click();
  await page.getByRole("link", { name: "Users" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Users" })).toBeVisible();
  await user.alive();

  await user.fill("Name", "linus");
  await user.fill("Password", PASSWORD);
  await user.fill("Password again", PASSWORD);
  await user.press("Add user");
  await expect(page.getByText("The user was added.")).toBeVisible();
  await user.alive();
  const row = page.getByRole("row", { name: /linus/ });
  await expect(row).toContainText("Member");
  await user.press("Make administrator: linus");
  await expect(row).toContainText("Administrator");
  await user.alive();
  await user.press("Make member: linus");
  await expect(row).toContainText("Member");
  await user.alive();

  const context = await browser.newContext({ baseURL: emptyServer.origin, javaScriptEnabled: user.scripts });
  const linus = new User(await context.newPage(), user.scripts);
  await linus.signIn("linus", PASSWORD);
  await row.getByText("Disable", { exact: true }).click();
  await user.press("Disable user");
  await expect(row).toContainText("Disabled");
  await linus.page.goto("/");
  await expect(linus.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await linus.alive();
  await linus.fill("Name", "linus");
  await linus.fill("Password", PASSWORD);
  await linus.press("Sign in");
  await expect(linus.page.getByText(/account is disabled/)).toBeVisible();
  await context.close();
});

test("a user changes their password and ends other login sessions", async ({ user, page, browser, guard, emptyServer }) => {
  guard.allow(/status 4\d\d: .*change_password/, /Failed to load resource/);
  emptyServer.cli(["user", "add", "grace"], `${PASSWORD}\n`);
  const context = await browser.newContext({ baseURL: emptyServer.origin, javaScriptEnabled: user.scripts });
  const elsewhere = new User(await context.newPage(), user.scripts);
  await elsewhere.signIn("grace", PASSWORD);

  await user.open(`${emptyServer.origin}/signin?next=/account`);
  await user.fill("Name", "grace");
  await user.fill("Password", PASSWORD);
  await user.press("Sign in");
  await expect(page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
  await user.alive();
  await expect(page.getByRole("row", { name: /Chrome on Linux/ })).toHaveCount(2);
  await page.getByRole("button", { name: /^End session/ }).click();
  await expect(page.getByText("The login session was ended.")).toBeVisible();
  await user.alive();
  await expect(page.getByRole("row", { name: /Chrome on Linux/ })).toHaveCount(1);
  await elsewhere.page.goto("/");
  await expect(elsewhere.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await context.close();

  await user.fill("Current password", "not the password");
  await user.fill("New password", OTHER);
  await user.fill("New password again", OTHER);
  await user.press("Change password");
  await expect(page.getByText("This is not your current password.")).toBeVisible();
  await user.alive();
  await user.fill("Current password", PASSWORD);
  await user.fill("New password", OTHER);
  await user.fill("New password again", OTHER);
  await user.press("Change password");
  await expect(page.getByText("Your password was changed. Your other login sessions have ended.")).toBeVisible();
  await user.alive();
  await user.signOut();
  await user.fill("Name", "grace");
  await user.fill("Password", OTHER);
  await user.press("Sign in");
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
});
