// A or B. Each answer is sent by itself and the next pair comes back with it: one tap, one answer, nothing reloads.
// Without this script the same forms lead from page to page. Nothing is kept here: what is not saved stays on the screen, to be sent again.

const stage = document.querySelector("[data-stage]"), help = document.querySelector("[data-help]"), SWITCH = "ludus:judging:keys", SECONDS = 15;
const wide = matchMedia("(min-width: 48rem)");
let sending = false;

/** What a judge wants to read at once where there is room. */
function arrive(focus) {
  for (const one of stage.querySelectorAll("[data-more]")) one.open = wide.matches;
  const list = stage.querySelector("[data-order]");
  if (list) order(list);
  if (focus) stage.querySelector("[data-focus]")?.focus({ preventScroll: true });
}

function say(text, refused) {
  const line = stage.querySelector("[data-said]");
  line.textContent = text;
  line.classList.toggle("is-refused", Boolean(refused));
}

async function send(form, chosen) {
  if (sending) return;
  sending = true;
  const body = new FormData(form);
  if (chosen?.name) body.append(chosen.name, chosen.value);
  for (const one of stage.querySelectorAll(".is-chosen")) one.classList.remove("is-chosen");
  chosen?.classList.add("is-chosen");
  stage.classList.add("is-sending");
  say(stage.dataset.sending);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Stage": "1" }, redirect: "manual", signal: AbortSignal.timeout(SECONDS * 1000) });
    if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) { location.reload(); return; } // signed out, or no longer here
    if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
    stage.innerHTML = await answer.text();
    stage.classList.remove("is-sending");
    sending = false;
    arrive(true);
    if (stage.getBoundingClientRect().top < 0) stage.scrollIntoView({ block: "start" });
  } catch {
    stage.classList.remove("is-sending");
    sending = false;
    say(stage.dataset.offline, true);
  }
}

stage.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-answer]")) return;
  event.preventDefault();
  const list = form.querySelector("[data-order]");
  if (list) number(list);
  send(form, event.submitter);
});

// --- A few in order ----------------------------------------------------------------------------------------------------------------------

const items = (list) => [...list.querySelectorAll("[data-item]")];
const number = (list) => items(list).forEach((one, at) => { one.querySelector("select").value = String(at + 1); });

function order(list) {
  list.dataset.ready = "";
  for (const one of items(list)) {
    one.tabIndex = 0;
    one.querySelector("[data-place]").hidden = true;
    one.querySelector("[data-moves]").hidden = false;
    const grip = one.querySelector("[data-grip]");
    grip.hidden = false;
    grip.addEventListener("pointerdown", (event) => drag(event, list, one, grip));
  }
}

function move(one, step) {
  const other = step < 0 ? one.previousElementSibling : one.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(one); else other.after(one);
  one.scrollIntoView({ block: "nearest" });
}

function drag(event, list, one, grip) {
  if (event.button !== 0) return;
  event.preventDefault();
  grip.setPointerCapture(event.pointerId);
  one.classList.add("is-held");
  const follow = ({ clientY }) => {
    const [above, below] = [one.previousElementSibling, one.nextElementSibling];
    const middle = (each) => { const { top, height } = each.getBoundingClientRect(); return top + height / 2; };
    if (above && clientY < middle(above)) above.before(one);
    else if (below && clientY > middle(below)) below.after(one);
  };
  const release = () => {
    one.classList.remove("is-held");
    grip.removeEventListener("pointermove", follow);
  };
  grip.addEventListener("pointermove", follow);
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) grip.addEventListener(end, release, { once: true });
}

stage.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-up], [data-down]");
  if (!button) return;
  move(button.closest("[data-item]"), button.matches("[data-up]") ? -1 : 1);
  button.focus();
});

// --- By keyboard ---------------------------------------------------------------------------------------------------------------------------

const wanted = help.querySelector("[data-keys-on]"), opener = document.querySelector("[data-help-open]");
try { wanted.checked = localStorage.getItem(SWITCH) !== "off"; } catch { /* on */ }
wanted.addEventListener("change", () => { try { localStorage.setItem(SWITCH, wanted.checked ? "on" : "off"); } catch { /* for this page */ } });
opener.hidden = false;
opener.addEventListener("click", () => help.showModal());
const writes = (at) => at?.isContentEditable || ["TEXTAREA", "SELECT"].includes(at?.tagName) || (at?.tagName === "INPUT" && !["checkbox", "button", "submit"].includes(at.type));

addEventListener("keydown", (event) => {
  const at = document.activeElement, item = at?.closest?.("[data-item]");
  if (event.defaultPrevented || help.open || writes(at) || event.ctrlKey || event.metaKey || event.repeat) return;
  if (event.key === "?") { event.preventDefault(); help.showModal(); return; }
  if (!wanted.checked) return;
  if (event.altKey) {
    if (!item || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    move(item, event.key === "ArrowUp" ? -1 : 1);
    at.focus();
    return;
  }
  if (at?.closest?.(".pair-text") && event.key.startsWith("Arrow")) return; // there arrows scroll
  const button = stage.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
});

arrive(false);
