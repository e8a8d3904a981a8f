// What a page must never do, whatever the test is about: log an error or a warning, throw, or ask for what is not there.
import type { BrowserContext, Page } from "@playwright/test";

export class Guard {
  readonly complaints: string[] = [];
  private readonly allowed: RegExp[] = [];

  constructor(context: BrowserContext) {
    this.also(context);
  }

  /** Watches another context too. */
  also(context: BrowserContext): void {
    context.on("page", (page) => this.watch(page));
    for (const page of context.pages()) this.watch(page);
  }

  /** Lets through what a test provokes on purpose, for example a refused sign-in. */
  allow(...patterns: RegExp[]): void {
    this.allowed.push(...patterns);
  }

  private watch(page: Page): void {
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on("pageerror", (error) => this.note(`uncaught: ${error.stack ?? error.message}`));
    page.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "unknown";
      // A navigation cuts off what the page it leaves was still loading or listening to.
      if (reason !== "net::ERR_ABORTED") this.note(`request failed: ${request.url()}: ${reason}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) this.note(`status ${response.status()}: ${response.url()}`);
    });
  }

  private note(complaint: string): void {
    if (!this.allowed.some((pattern) => pattern.test(complaint))) this.complaints.push(complaint);
  }
}
