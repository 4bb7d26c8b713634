/* Writing rules: what is typed is saved and checked while one goes on; a dry run tells how far it is. Without it, buttons do the same. */

const PAUSE = 800; // ms without a key before what was typed is sent

const form = document.querySelector("form[data-launch]");
if (form) {
  const said = document.querySelector("[data-saved]");
  let timer = 0;
  let busy = false;
  let again = false;
  let moved = false;

  const check = async () => {
    if (moved) return;
    if (busy) { again = true; return; }
    busy = true;
    again = false;
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body: new FormData(form), headers: { "X-Check": "1", "Accept": "application/json" } });
      if (answer.status === 409) {
        moved = true; // somebody else saved: the next press of a button shows it, nothing is overwritten meanwhile
        said.textContent = form.dataset.moved || said.textContent;
      } else if (answer.ok && (answer.headers.get("content-type") || "").includes("json")) {
        tell(await answer.json());
      }
    } catch { /* offline: what was typed stays in the page, the next change tries again */ }
    busy = false;
    if (again) check();
  };

  const tell = (found) => {
    for (const one of document.querySelectorAll("input[name=revision]")) one.value = found.revision;
    said.textContent = found.saved;
    for (const [id, one] of Object.entries(found.errors)) errors(id, one.texts, one.gap);
    for (const [key, count] of Object.entries(found.steps)) {
      const badge = document.querySelector(`[data-step="${key}"] .launch-count`);
      if (!badge) continue;
      badge.hidden = !count;
      badge.querySelector("[data-count]").textContent = count;
    }
    const words = document.querySelector("[data-words]");
    if (words) words.innerHTML = found.words; // written by our own templates, escaped there
  };

  const errors = (id, texts, gap) => {
    const list = document.querySelector(`[data-errors="${CSS.escape(id)}"]`);
    if (!list) return;
    const shown = [...list.children].map((one) => one.textContent);
    if (shown.length === texts.length && shown.every((text, at) => text === texts[at])) return;
    list.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    list.hidden = !texts.length;
    list.classList.toggle("is-gap", gap);
    const control = document.getElementById(id);
    if (control && "value" in control) {
      if (texts.length && !gap) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-redraws]")) {
      clearTimeout(timer);
      const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "at", value: event.target.closest(".launch-row")?.id || "" });
      const button = Object.assign(document.createElement("button"), { type: "submit", name: "do", value: "redraw", hidden: true });
      form.append(hidden, button);
      form.requestSubmit(button);
    }
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}

/* A link to a field inside a folded row opens it. */
const reveal = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  target.scrollIntoView({ block: "center" });
  if (target.matches("input, select, textarea")) target.focus({ preventScroll: true });
};
addEventListener("hashchange", reveal);
reveal();

/* On a phone the steps are a strip: the present one is in sight. */
document.querySelector(".launch-rail [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

/* From a fault to its line. */
for (const one of document.querySelectorAll("[data-line]")) {
  one.addEventListener("click", () => {
    const area = document.getElementById("rules");
    const lines = area.value.split("\n");
    const start = lines.slice(0, Number(one.dataset.line) - 1).reduce((sum, line) => sum + line.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + (lines[Number(one.dataset.line) - 1] || "").length);
    const height = area.scrollHeight / Math.max(lines.length, 1);
    area.scrollTop = Math.max((Number(one.dataset.line) - 5) * height, 0);
  });
}

/* How far a dry run is. */
const watch = async () => {
  const box = document.querySelector("[data-dry-run]");
  if (!box?.dataset.dryRun) return;
  try {
    const answer = await fetch(box.dataset.dryRun);
    if (answer.ok) {
      const held = document.createElement("template");
      held.innerHTML = await answer.text();
      box.replaceWith(held.content);
    }
  } catch { /* offline: asked again */ }
  setTimeout(watch, 900);
};
setTimeout(watch, 900);
