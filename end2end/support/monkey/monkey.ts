// A user without a plan: follows links, opens menus, fills in forms at human speed, goes back and forward, and after each step asks
// whether the page did what a page has to do. What it does follows from its seed and from what the pages show.
import type { ElementHandle, Page } from "@playwright/test";

import type { Guard } from "../guard.ts";
import { NAME, PASSWORD } from "../user.ts";
import { type Control, controls, forget, handle, happened, watch } from "./page_watch.ts";
import { Random } from "./random.ts";
import { fileFor, optionFor, wordFor } from "./words.ts";

/** How long a page may take to answer a click in any visible way. A machine that tests is a busy one. */
const ANSWER_MS = 6_000;
/** The Web Vitals call what is above this a page that jumps. */
const MOST_SHIFT = 0.1;
/** Where the address bar leads to now and then. */
const ADDRESSES = [
  "/", "/markets", "/data", "/strategies", "/backtests", "/backtests/new", "/markets/demo/BTCUSDT/1h",
  "/markets/demo/BTCUSDT/4h?indicators=sma(20);rsi(14)", "/markets/demo/ETHUSDT/1h?indicators=macd(12,+26,+9);ema(12)",
  "/data?gaps=demo+BTCUSDT+1h", "/strategies/sma_crossover_btc", "/nowhere",
];

type Typed = { selector: string; text: string };

export class Monkey {
  readonly log: string[] = [];
  private readonly random: Random;
  /** What was typed on this page and must still be there. */
  private typed: Typed[] = [];
  private asked = 0;

  private constructor(private readonly page: Page, private readonly guard: Guard, seed: number) {
    this.random = new Random(seed);
    page.on("request", () => { this.asked += 1; });
    page.on("dialog", (dialog) => void dialog.accept());
  }

  static async on(page: Page, guard: Guard, seed: number): Promise<Monkey> {
    await watch(page);
    // What a wrong entry and a name that is gone are answered with belongs to the product.
    guard.allow(/status (404|409|422): /, /Failed to load resource: .* status of (404|409|422) /);
    const monkey = new Monkey(page, guard, seed);
    await page.goto("/");
    await monkey.alive();
    return monkey;
  }

  /** Does one thing. Throws when the page did not take it well. */
  async step(): Promise<void> {
    const { pathname, search } = new URL(this.page.url());
    await forget(this.page);
    this.log.push(`${pathname}${search}`);
    if (pathname.startsWith("/signin")) await this.signIn();
    // What a page does not have cannot be done on it: then something else.
    else while (!(await this.choose()()));
    await this.pause(250, 700);
    await this.alive();
    await this.check(pathname);
  }

  /** What to do next; it tells whether there was anything to do it with. */
  private choose(): () => Promise<boolean> {
    return this.random.weighted<() => Promise<boolean>>([
      [() => this.click("link"), 5],
      [() => this.click("button"), 4],
      [() => this.click("summary"), 3],
      [() => this.click("tick"), 1],
      [() => this.type(), 4],
      [() => this.select(), 2],
      [() => this.attach(), 0.5],
      [() => this.chart(), 2],
      [() => this.press(), 1.5],
      [() => this.read(), 1],
      [() => this.travel("back"), 1],
      [() => this.travel("forward"), 0.7],
      [() => this.travel("reload"), 0.3],
      [() => this.travel("address"), 1.2],
    ]);
  }

  /** One of the controls of a kind; the navigation, which is on every page, comes second. */
  private async find(kind: Control["kind"]): Promise<Control | undefined> {
    const here = this.page.url().split("#")[0];
    const all = (await controls(this.page)).filter((one) => one.kind === kind);
    const usable = kind !== "link" ? all : all.filter(({ target }) => {
      const url = new URL(target);
      return url.origin === new URL(here!).origin && target !== here && !target.startsWith(`${here}#`);
    });
    const inMain = usable.filter((one) => one.inMain);
    const list = inMain.length > 0 && this.random.chance(0.75) ? inMain : usable;
    return list.length > 0 ? this.random.pick(list) : undefined;
  }

  private async click(kind: Control["kind"]): Promise<boolean> {
    const control = await this.find(kind);
    if (!control) return false;
    this.note(`click ${kind} '${control.name}'`);
    const element = await handle(this.page, control.index);
    const form = await element.evaluate((one) => (one as HTMLButtonElement).form?.action ?? null);
    if (kind !== "summary" && kind !== "tick") this.typed = form ? [] : this.typed;
    const [url, asked] = [this.page.url(), this.asked];
    // A page that was just drawn anew may have taken the control away: then a user aims again.
    const hit = await element.click({ delay: this.random.between(40, 110), timeout: 4_000 }).then(() => true, () => false);
    if (!hit) return this.note("… which was covered or gone");
    await this.answered(`a click on ${kind} '${control.name}'`, url, asked);
    await this.expectFocus(element, `a click on ${kind} '${control.name}'`);
    return true;
  }

  private async answered(what: string, url: string, asked: number): Promise<void> {
    const deadline = Date.now() + ANSWER_MS;
    while (Date.now() < deadline) {
      if (this.page.url() !== url || this.asked > asked) return;
      // While a document is replaced there is nothing to ask.
      const { changes } = await happened(this.page).catch(() => ({ changes: 1 }));
      if (changes > 0) return;
      await this.page.waitForTimeout(50);
    }
    throw new Error(`${what} was not answered within ${ANSWER_MS} ms`);
  }

  /** The focus must not be lost after a click: not when the control is still there, and not when it is gone with its row or page. */
  private async expectFocus(element: ElementHandle, what: string): Promise<void> {
    await this.pause(300, 500);
    // What comes in place of the control may be on its way.
    const deadline = Date.now() + ANSWER_MS;
    // An answer that fails to come says that the document was replaced.
    while (await element.evaluate(() => document.activeElement === document.body).catch(() => false)) {
      if (Date.now() > deadline) throw new Error(`the focus was lost after ${what}`);
      await this.page.waitForTimeout(100);
    }
  }

  private async type(): Promise<boolean> {
    const control = await this.find("text");
    if (!control) return false;
    const text = wordFor(control, new URL(this.page.url()).pathname, this.random);
    this.note(`type '${text}' into '${control.name}'`);
    const element = await handle(this.page, control.index);
    const url = this.page.url();
    if (!(await element.click({ timeout: 4_000 }).then(() => true, () => false))) return this.note("… which was covered or gone");
    await this.page.keyboard.press("Control+a");
    // The parts of a date come in the order of the browser's own language: that is the browser's business.
    if (control.type === "date") await element.fill(text);
    for (const key of control.type === "date" ? "" : text) {
      await this.page.keyboard.type(key);
      await this.pause(50, 140);
      if (!(await element.evaluate((one) => one === document.activeElement).catch(() => false))) {
        if (this.page.url() !== url) return true;
        throw new Error(`the focus left '${control.name}' while '${text}' was typed`);
      }
    }
    const got = await element.evaluate((one) => (one as HTMLInputElement).value);
    if (got !== text) throw new Error(`'${control.name}' shows '${got}' after '${text}' was typed`);
    const selector = await element.evaluate((one) => (one.id ? `#${CSS.escape(one.id)}` : ""));
    if (selector) this.typed = [...this.typed.filter((old) => old.selector !== selector), { selector, text }];
    if (this.random.chance(0.25)) {
      this.note("… and Enter");
      this.typed = [];
      await this.page.keyboard.press("Enter");
    }
    return true;
  }

  private async select(): Promise<boolean> {
    const control = await this.find("select");
    const value = control && optionFor(control, this.random);
    if (!control || value === undefined) return false;
    this.note(`choose '${value}' in '${control.name}'`);
    const element = await handle(this.page, control.index);
    // With keys, as a page may move under a choice that a user makes, and not by itself.
    if (!(await element.focus().then(() => true, () => false))) return this.note("… which was gone");
    for (const key of ["Home", ...Array<string>(control.options.indexOf(value)).fill("ArrowDown")]) {
      await this.page.keyboard.press(key);
      await this.pause(40, 110);
    }
    const got = await element.evaluate((one) => (one.isConnected ? (one as HTMLSelectElement).value : null)).catch(() => null);
    if (got === null) return this.note("… which was drawn anew");
    if (got !== value) throw new Error(`'${control.name}' shows '${got}' after '${value}' was chosen`);
    // Another strategy has other parameters.
    const isThere = await Promise.all(this.typed.map(({ selector }) => this.page.locator(selector).count()));
    this.typed = this.typed.filter((_, place) => isThere[place]! > 0);
    return true;
  }

  private async attach(): Promise<boolean> {
    const control = await this.find("file");
    if (!control) return false;
    this.note("attach a file");
    await (await handle(this.page, control.index)).setInputFiles(fileFor(this.random)).catch(() => this.note("… which was gone"));
    return true;
  }

  /** Moves the mouse over the chart, drags it, zooms with the wheel. */
  private async chart(): Promise<boolean> {
    const control = await this.find("chart");
    const box = control && (await (await handle(this.page, control.index)).boundingBox());
    if (!box) return false;
    const at = () => [box.x + box.width * this.random.next(), box.y + box.height * this.random.next()] as const;
    const how = this.random.pick(["hover", "drag", "wheel"]);
    this.note(`${how} on the chart`);
    await this.page.mouse.move(...at());
    if (how === "wheel") await this.page.mouse.wheel(0, this.random.between(-400, 400));
    if (how !== "drag") return true;
    await this.page.mouse.down();
    await this.page.mouse.move(...at(), { steps: 5 });
    await this.page.mouse.up();
    return true;
  }

  private async press(): Promise<boolean> {
    const key = this.random.pick(["Tab", "Tab", "Shift+Tab", "Escape", "ArrowDown", "ArrowLeft", "End", "l", "f", "r", "+", "-"]);
    this.note(`press ${key}`);
    await this.page.keyboard.press(key);
    // A letter may have gone into a field.
    if (key.length === 1 || key === "ArrowDown") this.typed = [];
    return true;
  }

  /** Looks at the page until what happens by itself has happened. */
  private async read(): Promise<boolean> {
    this.note("read for a while");
    const before = await this.page.evaluateHandle(() => document.activeElement);
    const path = new URL(this.page.url()).pathname;
    await this.pause(2_200, 3_500);
    const lost = await before
      .evaluate((one) => one !== null && one !== document.body && document.activeElement === document.body)
      .catch(() => false);
    if (lost && new URL(this.page.url()).pathname === path) throw new Error("the focus was lost while nothing was done");
    return true;
  }

  private async travel(how: "back" | "forward" | "reload" | "address"): Promise<boolean> {
    this.typed = [];
    const address = this.random.pick(ADDRESSES);
    this.note(how === "address" ? `go to ${address}` : how);
    if (how === "address") await this.page.goto(address);
    else if (how === "reload") await this.page.reload();
    else if (how === "back") await this.page.goBack();
    else await this.page.goForward();
    await this.pause(200, 400);
    // Before the first page of ours there is an empty one.
    if (!this.page.url().startsWith("http")) await this.page.goto("/");
    return true;
  }

  private async signIn(): Promise<void> {
    this.note("sign in");
    this.typed = [];
    await this.alive();
    for (const [label, text] of [["Name", NAME], ["Password", PASSWORD]] as const) {
      await this.page.getByLabel(label, { exact: true }).click();
      await this.page.keyboard.press("Control+a");
      await this.page.keyboard.type(text, { delay: this.random.between(40, 90) });
    }
    await this.page.keyboard.press("Enter");
    await this.page.waitForURL((url) => url.pathname !== "/signin", { timeout: 20_000 });
  }

  private async check(before: string): Promise<void> {
    const { pathname } = new URL(this.page.url());
    // Signing out, wherever it was done, ends what other parts of the page were about to ask for.
    const complaints = this.guard.complaints.filter((text) => !(pathname.startsWith("/signin") && /\b401\b/.test(text)));
    this.guard.complaints.length = 0;
    if (complaints.length > 0) throw new Error(`the page complained:\n  ${complaints.join("\n  ")}`);
    if (await this.page.locator("dialog.stopped").isVisible()) throw new Error("the program of the page has stopped");
    const { shift, shifts } = await happened(this.page);
    if (shift > MOST_SHIFT) throw new Error(`the page jumped by ${shift.toFixed(3)}:\n  ${shifts.join("\n  ")}`);
    if (before !== pathname) this.typed = [];
    for (const { selector, text } of this.typed) {
      const value = await this.page.locator(selector).first().inputValue({ timeout: 500 }).catch(() => "(the field is gone)");
      if (value !== text) throw new Error(`'${text}' was typed into ${selector}, which now shows '${value}'`);
    }
  }

  /** Waits for a page that is being loaded: a click before that may do nothing. */
  private async alive(): Promise<void> {
    await this.page.locator("html[data-hydrated]").waitFor({ state: "attached", timeout: 30_000 });
  }

  private note(what: string): true {
    this.log[this.log.length - 1] += ` · ${what}`;
    return true;
  }

  private async pause(least: number, most: number): Promise<void> {
    await this.page.waitForTimeout(this.random.between(least, most));
  }
}
