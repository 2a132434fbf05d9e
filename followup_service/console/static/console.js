// What a page of the console does beyond links and forms. Every page works without it.
//
//   data-live            a part that keeps itself fresh: hx-get on it, hx-trigger="live"; one loop a page asks for all of them
//   data-key="a"         the letter that clicks this button or link, or puts the cursor into this field
//   data-row             a row that j and k walk to
//   data-chooses="x"     a field that, typed into, picks the radio button of this value in its form
//   data-once            a form that is sent once, however often its button is pressed
"use strict";

(() => {
  const EVERY = 4000;
  const EVERY_WHEN_IDLE = 20000;
  const IDLE_AFTER = 120000;
  const MISSED_UNTIL_STALE = 3;
  const words = document.body.dataset;

  // ---- parts that keep themselves fresh -------------------------------------------------------------------------------------------
  let missed = 0;
  let lastTouch = Date.now();
  let timer = null;
  let asking = 0;
  const parts = () => document.querySelectorAll("[data-live]");
  const status = document.getElementById("freshness");
  const banner = document.getElementById("stale");

  function schedule() {
    clearTimeout(timer);
    if (document.hidden || parts().length === 0) return;
    timer = setTimeout(ask, Date.now() - lastTouch > IDLE_AFTER ? EVERY_WHEN_IDLE : EVERY);
  }

  function ask() {
    clearTimeout(timer);
    if (document.hidden) return;
    for (const part of parts()) {
      asking += 1;
      htmx.trigger(part, "live");
    }
  }

  function heard(well) {
    missed = well ? 0 : missed + 1;
    banner.hidden = missed < MISSED_UNTIL_STALE;
    if (well) {
      const at = new Date().toLocaleTimeString(document.documentElement.lang, { hour12: false });
      status.textContent = words.updated.replace("TIME", at);
    }
  }

  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    if (!ctx.sourceElement.matches("[data-live]")) return;
    ctx.request.headers["X-Live"] = "1";
    // Rows come in above the others only where nobody is about to press one of them.
    const isInUse = ctx.sourceElement.matches(":hover") || ctx.sourceElement.contains(document.activeElement);
    if (window.scrollY < 120 && !isInUse) ctx.request.headers["X-At-Top"] = "1";
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    const answer = ctx.response?.raw ?? ctx.response;
    if (answer?.status === 401) {
      location.assign(words.signIn);
      return;
    }
    if (!ctx.sourceElement.matches("[data-live]")) return;
    heard(answer !== undefined && answer.status < 400);
    asking -= 1;
    if (asking <= 0) {
      asking = 0;
      schedule();
    }
  });
  document.addEventListener("htmx:after:swap", () => {
    const counted = document.querySelector("[data-title-count]");
    if (counted === null) return;
    const bare = document.title.replace(/^\(\d+\) /, "");
    document.title = counted.dataset.titleCount === "0" ? bare : `(${counted.dataset.titleCount}) ${bare}`;
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
  for (const touch of ["pointerdown", "keydown", "wheel", "focusin"]) {
    document.addEventListener(touch, () => {
      const wasIdle = Date.now() - lastTouch > IDLE_AFTER;
      lastTouch = Date.now();
      if (wasIdle) ask();
    }, { passive: true });
  }
  schedule();

  // ---- the keyboard ---------------------------------------------------------------------------------------------------------------
  const inField = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;

  function walk(by) {
    const rows = [...document.querySelectorAll("[data-row]")];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    (next?.matches("a, button") ? next : next?.querySelector("a, button"))?.focus();
  }

  function help() {
    const dialog = document.getElementById("keys");
    if (dialog.open) return;
    const known = new Map([...document.querySelectorAll("[data-key]")].map((one) => [one.dataset.key, one.dataset.keyLabel ?? one.textContent.trim()]));
    const list = dialog.querySelector("dl");
    list.querySelectorAll(".of-page").forEach((one) => one.remove());
    for (const [key, label] of known) {
      const term = document.createElement("dt");
      const said = document.createElement("dd");
      term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      said.textContent = label;
      for (const one of [term, said]) one.className = "of-page";
      list.append(term, said);
    }
    dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (words.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || inField(event.target)) return;
    if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
    else if (event.key === "?") help();
    else {
      const scope = event.target.closest("[data-row]") ?? document;
      const wanted = `[data-key="${CSS.escape(event.key)}"]`;
      const found = scope.querySelector(wanted) ?? document.querySelector(wanted);
      if (found === null) return;
      event.preventDefault();
      if (inField(found)) found.focus();
      else found.click();
    }
  });

  // ---- small things ---------------------------------------------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-once]")) return;
    for (const button of event.target.querySelectorAll("button")) setTimeout(() => { button.disabled = true; });
  });
  // Whoever types chooses what the words are for.
  document.addEventListener("input", (event) => {
    const choice = event.target.dataset?.chooses;
    const radio = choice && event.target.form?.querySelector(`input[type=radio][value="${CSS.escape(choice)}"]`);
    if (radio) radio.checked = true;
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // Where the pages or the tabs are wider than the window, the one that is shown is in sight.
  for (const here of document.querySelectorAll(".nav [aria-current], .tabs [aria-current]")) {
    const strip = here.closest(".nav, .tabs");
    // Only the strip: the page itself stays where it is.
    strip.scrollLeft += here.getBoundingClientRect().left - strip.getBoundingClientRect().left - (strip.clientWidth - here.offsetWidth) / 2;
  }
  // A page that the browser kept may show what is no longer so: it is asked for again.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
