// Keeps the place of whoever uses the keyboard. When what has the focus is taken out of the page (a row that was dismissed, a form that
// made way for another), the part around it that is still there gets the focus; the browser would begin again at the top of the page.

const PARTS = "section, main";

let path = []; // what had the focus last, and all that it stood in

function keep() {
  if (path.length === 0 || path[0].isConnected) return;
  const part = path.find((element) => element.isConnected && element.matches(PARTS));
  path = [];
  if (!part || (document.activeElement && document.activeElement !== document.body)) return;
  if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
  part.focus({ preventScroll: true });
}

addEventListener("focusin", (event) => {
  path = event.composedPath().filter((node) => node instanceof HTMLElement);
});
new MutationObserver(keep).observe(document, { childList: true, subtree: true });
