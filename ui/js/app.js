// What script adds: it saves a reload. Every form and link works without it, and nothing here adds
// a function that has no page. Answers are read as documents by XMLHttpRequest, not as strings, so
// that the policy `require-trusted-types-for 'script'` holds: no markup is ever made from text.
"use strict";
(() => {
  const send = (method, url, body, done, progress) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = "document";
    request.onloadend = () => done(request.response, request);
    if (progress) request.upload.onprogress = progress;
    request.send(body);
    return request;
  };

  // Put one part of an answer in the place of the same part here, and keep the focus where it was.
  const swap = (name, answer) => {
    const selector = '[data-part="' + name + '"]';
    const here = document.querySelector(selector);
    const there = answer && answer.querySelector(selector);
    if (!here || !there) return false;
    const focused = document.activeElement && document.activeElement.id;
    here.replaceWith(document.adoptNode(there));
    const again = focused && document.getElementById(focused);
    if (again) again.focus({ preventScroll: true });
    return true;
  };

  const fields = (form) => new URLSearchParams(new FormData(form)).toString();

  // A list's filters: load the list alone, and keep them in the address.
  const filter = (form) => {
    const url = form.getAttribute("action") + "?" + fields(form);
    send("GET", url, null, (answer, request) => {
      if (request.status === 200 && swap(form.dataset.filters, answer)) history.replaceState(null, "", url);
      else location.assign(url);
    });
  };

  // An answer that decides which questions follow: ask the server for the page again.
  const refresh = (form) => {
    const body = new FormData(form);
    body.set("refresh", "1");
    send("POST", form.action, new URLSearchParams(body), (answer, request) => {
      if (request.status === 200) swap("step", answer);
    });
  };

  document.addEventListener("change", (event) => {
    const target = event.target;
    const form = target.form;
    if (!form) return;
    if (target.matches("[data-submit]")) {
      if (form.dataset.filters) filter(form);
      else form.submit();
    } else if (target.matches("[data-refresh]") && "refreshes" in form.dataset) {
      refresh(form);
    } else if (target.matches("input[type=file]")) {
      preview(target);
    }
  });

  // A small picture of a photograph that was chosen, drawn from the file itself.
  const preview = (input) => {
    const old = input.parentNode.querySelector("canvas");
    if (old) old.remove();
    const file = input.files[0];
    if (!file || !/^image\/(jpeg|png)$/.test(file.type) || !window.createImageBitmap) return;
    createImageBitmap(file).then(
      (image) => {
        const scale = Math.min(1, 160 / image.height, 280 / image.width);
        const canvas = document.createElement("canvas");
        canvas.width = Math.round(image.width * scale);
        canvas.height = Math.round(image.height * scale);
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", file.name);
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        input.after(canvas);
      },
      () => {}
    );
  };

  // A form with files: show how far it has come, and let it be stopped.
  const upload = (form, submitter) => {
    const body = new FormData(form);
    if (submitter && submitter.name) body.set(submitter.name, submitter.value);
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.setAttribute("aria-label", form.dataset.progress);
    const stop = document.createElement("button");
    stop.type = "button";
    stop.className = "m-link";
    stop.textContent = form.dataset.cancel;
    const box = document.createElement("div");
    box.className = "m-upload";
    box.append(bar, stop);
    form.append(box);
    const request = send(
      "POST",
      form.action,
      body,
      (answer, finished) => {
        box.remove();
        free(form);
        if (!finished.status) return;
        if (finished.responseURL !== form.action) location.assign(finished.responseURL);
        else if (answer) {
          const main = answer.querySelector("main");
          document.title = answer.title;
          document.querySelector("main").replaceWith(document.adoptNode(main));
          announce();
        }
      },
      (event) => {
        if (event.lengthComputable) bar.value = event.loaded / event.total;
      }
    );
    stop.onclick = () => request.abort();
  };

  const hasFiles = (form) =>
    Array.from(form.querySelectorAll("input[type=file]")).some((input) => input.files.length > 0);

  const free = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button[type=submit]").forEach((b) => b.removeAttribute("aria-disabled"));
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.dataset.filters) {
      event.preventDefault();
      filter(form);
      return;
    }
    if (button && button.dataset.preview) {
      event.preventDefault();
      const url = button.formAction.split("#")[0];
      send("POST", url, new URLSearchParams(new FormData(form, button)), (answer) => {
        // Never send the form itself from here: that would do the task, not show its letter.
        if (!swap(button.dataset.preview, answer)) location.reload();
        else if (swap("problems", answer)) announce();
      });
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if ("once" in form.dataset || "upload" in form.dataset) {
      form.dataset.sent = "1";
      if (button) button.setAttribute("aria-disabled", "true");
    }
    if ("upload" in form.dataset && hasFiles(form)) {
      event.preventDefault();
      upload(form, button);
    }
  });

  // The page came back by Back: forms may be sent again (the server knows a repeated one).
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(free));

  const announce = () => {
    const summary = document.querySelector("[data-focus]");
    if (summary) summary.focus();
  };
  announce();
})();
