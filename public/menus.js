// What the menus of all pages do. `<details class="menu">` and `<details class="confirm">` open and close without this script; with it
// they also close on Escape, on a click or a focus elsewhere, and when one of their links is followed (unless the menu has `data-stays`);
// the arrow keys walk through a menu's entries; and what opens stays inside the window. It listens on the window only, so that pages
// need not do anything and nothing has to be undone when a page changes.

const POPUPS = ":is(details.menu, details.confirm)";
const ENTRIES = ".menu-body :is(a[href], button:not([disabled]), input:not([type=hidden]))";
const MARGIN = 8; // pixels between what opens and the edge of the window
const LEAST = 160; // pixels of height below which a menu rather opens upwards

const opened = () => [...document.querySelectorAll(`${POPUPS}[open]`)];

/** Closes a menu; the focus goes back to its button when it would be lost otherwise. */
function close(popup) {
  const hadFocus = popup.contains(document.activeElement);
  popup.open = false;
  if (hadFocus) popup.querySelector("summary").focus();
}

function closeOthers(event) {
  for (const popup of opened()) {
    if (event.target instanceof Node && !popup.contains(event.target)) popup.open = false;
  }
}

function escape(event) {
  const popups = opened();
  const popup = popups.findLast((one) => one.contains(document.activeElement)) ?? popups.at(-1);
  if (!popup) return;
  popup.open = false;
  popup.querySelector("summary").focus();
  // Escape closes one thing at a time.
  event.preventDefault();
  event.stopPropagation();
}

/** Moves the focus through the entries of the menu that it is in; a closed menu opens. */
function walk(event) {
  const menu = event.target instanceof Element && event.target.closest("details.menu");
  if (!menu || event.target.matches("input, select, textarea")) return;
  if (!menu.open && event.key !== "ArrowDown") return;
  menu.open = true;
  const entries = [...menu.querySelectorAll(ENTRIES)].filter((entry) => entry.checkVisibility());
  if (entries.length === 0) return;
  const at = entries.indexOf(document.activeElement);
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? entries.length - 1 : at - 1,
    Home: 0,
    End: entries.length - 1,
  }[event.key];
  entries[(to + entries.length) % entries.length].focus();
  event.preventDefault();
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") escape(event);
  else if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) walk(event);
}

/** Closes a menu whose link was followed. */
function follow(event) {
  const link = event.target instanceof Element && event.target.closest("details.menu:not([data-stays]) .menu-body a[href]");
  if (link) close(link.closest("details.menu"));
}

/** Keeps what a menu shows inside the window: moved to the side, opened upwards, or with less height. */
function fit(popup) {
  const body = popup.querySelector(":scope > .menu-body, :scope > form");
  if (!body) return;
  delete popup.dataset.above;
  body.style.removeProperty("--shift");
  body.style.removeProperty("--most");
  if (getComputedStyle(body).position === "static") return;
  const [right, bottom] = [document.documentElement.clientWidth - MARGIN, floor() - MARGIN];
  let box = body.getBoundingClientRect();
  const above = popup.getBoundingClientRect().top - MARGIN;
  if (box.bottom > bottom && bottom - box.top < Math.max(LEAST, above)) {
    popup.dataset.above = "";
    box = body.getBoundingClientRect();
  }
  const shift = Math.max(MARGIN - box.left, Math.min(0, right - box.right));
  body.style.setProperty("--shift", `${shift}px`);
  const most = Math.min(box.bottom, bottom) - Math.max(box.top, MARGIN);
  if (most < box.height) body.style.setProperty("--most", `${Math.max(most, 0)}px`);
}

/** Where the window ends below: on a telephone at the navigation. */
function floor() {
  const places = document.querySelector("nav.places")?.getBoundingClientRect();
  const isBelow = places && places.width === document.documentElement.clientWidth && places.top > innerHeight / 2;
  return isBelow ? places.top : innerHeight;
}

addEventListener("pointerdown", closeOthers, true);
addEventListener("focusin", closeOthers, true);
addEventListener("keydown", key, true);
addEventListener("click", follow);
addEventListener("toggle", (event) => {
  if (event.target instanceof Element && event.target.matches(`${POPUPS}[open]`)) fit(event.target);
}, true);
addEventListener("resize", () => opened().forEach(fit));
