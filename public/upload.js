// <file-upload>: sends the form inside it with a progress bar. Without this script the form works by itself.

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
    const finish = (problem) => {
      button.disabled = false;
      progress.hidden = true;
      this.#complain(problem);
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
      finish(request.responseText.slice(0, 500) || `The server answered ${request.status}.`);
    });
    request.addEventListener("error", () => finish("The upload broke off. Check that the server is running and try again."));
    button.disabled = true;
    bar.removeAttribute("value");
    progress.hidden = false;
    this.#complain("");
    request.open("POST", form.action);
    request.send(new FormData(form));
  };

  #complain(problem) {
    const place = this.querySelector("[data-role=problem]");
    place.textContent = problem;
    place.hidden = problem === "";
  }
}

if (!customElements.get("file-upload")) customElements.define("file-upload", FileUpload);
