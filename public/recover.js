// Offers to reload when the program of the page has stopped: after a panic no button and no link of the page answers any more.
//
// The program tells of a panic itself (`crypto:panic`, see frontend/src/lib.rs). What it cannot tell of, such as memory that ran out,
// arrives as an uncaught error. This script is none of the program's, so it works when the program does not.

const stopped = (error) => error instanceof WebAssembly.RuntimeError;

function show() {
  if (document.querySelector("dialog.stopped")) return;
  const dialog = document.createElement("dialog");
  dialog.className = "stopped";
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-labelledby", "stopped-title");
  dialog.setAttribute("aria-describedby", "stopped-text");
  const add = (tag, text, properties) => {
    const element = Object.assign(document.createElement(tag), { textContent: text, ...properties });
    dialog.append(element);
    return element;
  };
  add("h2", "Something went wrong", { id: "stopped-title" });
  add("p", "This page has stopped working. Everything that was saved is safe; reload the page to go on.", { id: "stopped-text" });
  const reload = add("button", "Reload", { type: "button", className: "button primary", autofocus: true });
  reload.addEventListener("click", () => location.reload());
  // In case that reloading brings the same page to the same end.
  add("a", "Go to the dashboard", { href: "/", className: "button quiet" });
  // The program listens to clicks on links. It is not to be asked any more.
  dialog.addEventListener("click", (event) => event.stopPropagation());
  // Behind the dialog is nothing that answers, so it does not close.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => dialog.showModal());
  document.body.append(dialog);
  dialog.showModal();
  reload.focus();
}

addEventListener("crypto:panic", show);
addEventListener("error", (event) => { if (stopped(event.error)) show(); });
addEventListener("unhandledrejection", (event) => { if (stopped(event.reason)) show(); });
