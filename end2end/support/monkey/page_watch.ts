// What the monkey knows of a page: what can be used on it, and what happened to it since it was last asked.
import type { Page } from "@playwright/test";

/** Something on the page that can be used. */
export type Control = {
  /** Its place in the page's list, for `handle`. */
  index: number;
  kind: "link" | "button" | "summary" | "text" | "select" | "tick" | "file" | "chart";
  /** What a reader would call it. */
  name: string;
  /** The `name` of a field, or the address of a link. */
  target: string;
  type: string;
  inMain: boolean;
  /** The values of a choice. */
  options: string[];
};

/** What happened since the last call of `forget`. */
export type Happened = { changes: number; shift: number; shifts: string[] };

type Store = Happened & { found: Element[]; list(): Control[]; forget(): void };
declare global {
  interface Window {
    monkey: Store;
  }
}

/** Installs the watch on every page that is opened from now on. */
export async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const KINDS: [Control["kind"], string][] = [
      ["chart", "candle-chart"],
      ["link", "a[href]"],
      ["summary", "summary"],
      ["tick", "input[type=checkbox], input[type=radio]"],
      ["file", "input[type=file]"],
      ["select", "select"],
      ["button", "button, input[type=submit], [role=button]"],
      ["text", "input:not([type=hidden]), textarea"],
    ];
    const name = (element: Element) => {
      const labels = (element as HTMLInputElement).labels;
      const text = element.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? element.textContent ?? "";
      return text.trim().replace(/\s+/g, " ").slice(0, 50);
    };
    const control = (element: Element, index: number): Control | null => {
      const kind = KINDS.find(([, selector]) => element.matches(selector))?.[0];
      if (!kind) return null;
      const field = element as HTMLInputElement & HTMLAnchorElement & HTMLSelectElement;
      return {
        index,
        kind,
        name: name(element),
        target: kind === "link" ? field.href : field.name || field.id || "",
        type: element.getAttribute("type") ?? "",
        inMain: element.closest("main") !== null,
        options: kind === "select" ? [...field.options].filter((one) => !one.disabled).map((one) => one.value) : [],
      };
    };
    const isUsable = (element: Element) => {
      const box = element.getBoundingClientRect();
      const isShown = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
      const isOff = (element as HTMLButtonElement).disabled || element.getAttribute("aria-disabled") === "true";
      return isShown && !isOff && box.width > 1 && box.height > 1 && box.bottom + scrollY > 0;
    };
    window.monkey = {
      changes: 0,
      shift: 0,
      shifts: [],
      found: [],
      list() {
        const all = [...document.querySelectorAll(KINDS.map(([, selector]) => selector).join(","))];
        this.found = all.filter(isUsable);
        return this.found.map(control).filter((one) => one !== null);
      },
      forget() {
        Object.assign(this, { changes: 0, shift: 0, shifts: [] });
      },
    };
    const note = () => { window.monkey.changes += 1; };
    new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    // What scrolls, unfolds or is refused by the browser itself changes no element.
    for (const event of ["scroll", "toggle", "change", "input", "invalid"]) addEventListener(event, note, true);
    new PerformanceObserver((list) => {
      type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Node }[] };
      for (const entry of list.getEntries() as Shift[]) {
        if (entry.hadRecentInput) continue;
        window.monkey.shift += entry.value;
        for (const { node } of entry.sources) {
          const element = node instanceof Element ? node : node?.parentElement;
          window.monkey.shifts.push(`${entry.value.toFixed(4)} ${element?.outerHTML.slice(0, 100)}`);
        }
      }
    }).observe({ type: "layout-shift" });
  });
}

export const controls = (page: Page) => page.evaluate(() => window.monkey.list());
export const forget = (page: Page) => page.evaluate(() => window.monkey.forget());
export const handle = async (page: Page, index: number) =>
  (await page.evaluateHandle((at) => window.monkey.found[at], index)).asElement()!;
export const happened = (page: Page): Promise<Happened> =>
  page.evaluate(() => ({ changes: window.monkey.changes, shift: window.monkey.shift, shifts: window.monkey.shifts }));
