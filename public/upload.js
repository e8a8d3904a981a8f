// <file-upload>: sends the form inside it with a progress bar, and shows what is wrong beside each field. Without this script the form
// works by itself.

class FileUpload extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this.#send);
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.#send);
  }

  #send = (event) => {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("[type=submit]");
    const progress = this.querySelector("[data-role=progress]");
    const bar = progress.querySelector("progress");
    const request = new XMLHttpRequest();
    const finish = (refusal) => {
      button.disabled = false;
      progress.hidden = true;
      this.#complain(form, refusal);
    };
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) bar.value = (100 * sent.loaded) / sent.total;
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) {
        // The job's progress is on the page that the server redirected to.
        location.assign(new URL(request.responseURL).pathname);
        return;
      }
      finish(read(request));
    });
    request.addEventListener("error", () => {
      finish({ message: "The upload broke off. Check that the server is running and try again.", fields: [] });
    });
    button.disabled = true;
    bar.removeAttribute("value");
    progress.hidden = false;
    this.#complain(form, { message: "", fields: [] });
    request.open("POST", form.action);
    request.setRequestHeader("accept", "application/json");
    request.send(new FormData(form));
  };

  #complain(form, { message, fields }) {
    for (const input of form.querySelectorAll("[aria-invalid]")) mark(input, null);
    // What no field of the form shows itself is said for the form as a whole.
    const rest = fields.filter((fault) => !mark(form.elements.namedItem(fault.field), fault.message));
    const text = [message, ...rest.map((fault) => fault.message)].filter(Boolean).join(" ");
    const place = this.querySelector("[data-role=problem]");
    place.textContent = text;
    place.hidden = text === "";
    form.querySelector("[aria-invalid]")?.focus();
  }
}

// Reads a refusal: a plain text, or `{ fields: [{ field, message }] }`.
function read(request) {
  try {
    return { message: "", fields: JSON.parse(request.responseText).fields };
  } catch {
    const text = request.getResponseHeader("content-type")?.startsWith("text/plain") ? request.responseText.slice(0, 500) : "";
    return { message: text || `The server answered ${request.status}. Try again.`, fields: [] };
  }
}

// Shows what is wrong with a field, or takes that back. Returns whether there is such a field.
function mark(input, fault) {
  const note = input?.getAttribute?.("aria-describedby");
  const place = note && document.getElementById(note);
  if (!place) return false;
  place.dataset.hint ??= place.textContent;
  place.textContent = fault ?? place.dataset.hint;
  input.closest(".field").classList.toggle("wrong", fault !== null);
  if (fault === null) input.removeAttribute("aria-invalid");
  else input.setAttribute("aria-invalid", "true");
  return true;
}

if (!customElements.get("file-upload")) customElements.define("file-upload", FileUpload);
