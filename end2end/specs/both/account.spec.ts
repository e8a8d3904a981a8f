// The door: the first account, signing in and out, and what strangers see.
import { expect, test } from "../../support/fixtures.ts";
import { PASSWORD } from "../../support/user.ts";

test("a new installation asks for the first account and signs it in", async ({ user, page, emptyServer }) => {
  await user.open(`${emptyServer.origin}/markets`);
  await expect(page.getByRole("heading", { name: "Create your account" })).toBeVisible();
  await user.fill("Name", "grace");
  await user.fill("Password", PASSWORD);
  await user.fill("Password again", PASSWORD);
  await user.press("Create account");
  await expect(page.getByRole("heading", { level: 1, name: "Dashboard" })).toBeVisible();
  await user.alive();
  await user.signOut();
  await user.open(`${emptyServer.origin}/setup`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("a password that is too short is refused beside its field", async ({ user, page, guard, emptyServer }) => {
  guard.allow(/status 4\d\d: .*set_up/, /Failed to load resource/);
  await user.open(`${emptyServer.origin}/setup`);
  await user.fill("Name", "grace");
  await user.fill("Password", "short");
  await user.fill("Password again", "short");
  await user.press("Create account");
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(/at least 10 characters/i)).toBeVisible();
});

test("a wrong password is refused without saying which part was wrong", async ({ user, page, guard }) => {
  guard.allow(/status 4\d\d: .*sign_in/, /Failed to load resource/);
  await user.open("/signin");
  await user.fill("Name", "ada");
  await user.fill("Password", "not the password");
  await user.press("Sign in");
  await expect(page.getByText(/name or password/i)).toBeVisible();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("signing in leads to where the visitor wanted to go", async ({ user, page }) => {
  await user.open("/strategies");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await user.fill("Name", "ada");
  await user.fill("Password", PASSWORD);
  await user.press("Sign in");
  await expect(page.getByRole("heading", { level: 1, name: "Strategies" })).toBeVisible();
});

test("after signing out, nothing of the account is shown", async ({ user, page }) => {
  await user.signIn();
  await user.signOut();
  await user.open("/");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

for (const path of ["/", "/markets", "/data", "/data/live", "/data/get", "/data/activity", "/data/series/demo/BTCUSDT/1h", "/strategies", "/backtests", "/backtests/new"]) {
  test(`a stranger who opens ${path} is asked to sign in`, async ({ user, page }) => {
    await user.open(path);
    await expect(page).toHaveURL(/\/signin/);
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  });
}
