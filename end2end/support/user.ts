// What a user does, in a user's words. Everything is found by role or label, as a screen reader would.
import { type Page, expect } from "@playwright/test";

export const NAME = "ada";
export const PASSWORD = "correct horse battery";

export class User {
  constructor(
    readonly page: Page,
    /** Whether the browser runs scripts. */
    readonly scripts: boolean,
  ) {}

  /** Opens a path and waits until the page has come to life: a click before that may do nothing. */
  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await this.alive();
  }

  /** Waits until the page is hydrated; without JavaScript it is complete as it is. */
  async alive(): Promise<void> {
    if (this.scripts) await expect(this.page.locator("html[data-hydrated]")).toBeAttached();
  }

  async fill(label: string, text: string): Promise<void> {
    await this.page.getByLabel(label, { exact: true }).fill(text);
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole("button", { name: button, exact: true }).click();
  }

  /** Follows a link of the main navigation. */
  async goTo(place: "Dashboard" | "Markets" | "Data" | "Strategies" | "Backtests"): Promise<void> {
    await this.page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: place }).click();
    await expect(this.page.getByRole("heading", { level: 1, name: place })).toBeVisible();
    await this.alive();
  }

  async signIn(name = NAME, password = PASSWORD): Promise<void> {
    await this.open("/signin");
    await this.fill("Name", name);
    await this.fill("Password", password);
    await this.press("Sign in");
    await expect(this.page.getByRole("navigation", { name: "Main" })).toBeVisible();
    await this.alive();
  }

  async signOut(): Promise<void> {
    await this.page.getByLabel("Account", { exact: true }).click();
    await this.press("Sign out");
    await expect(this.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await this.alive();
  }
}
