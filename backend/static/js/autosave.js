// The editor of an entry: what is typed is kept in the browser at once and saved on the server a moment later. The page always says
// which of the two holds. Lost connections, ended sessions and reloads lose nothing; what others save is merged, never written over.
import { fieldOf, labelOf, read, token, write } from "./writing/controls.js";
import { forget, keep, kept, sweep } from "./writing/keep.js";
import { equal, merge } from "./writing/merge.js";

const QUIET = 1200, LONGEST = 8000, PULSE = 20000, RETRIES = [3000, 6000, 15000, 30000, 60000];
const form = document.querySelector("form[data-autosave]");
if (form) start(form);

function start(form) {
  const words = form.dataset, parts = (name) => form.querySelector(`[data-${name}]`);
  const state = parts("save-state"), shown = parts("save-words"), more = parts("save-more"), said = parts("save-said"), told = parts("told"), others = parts("others");
  const base = form.elements.namedItem("our.base");
  const clock = new Intl.DateTimeFormat(document.documentElement.lang || "en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  let was = read(form), torn = new Map(), timer = 0, since = 0, running = Promise.resolve(), failures = 0, settled = false, kind = "";
  const place = () => `${words.place}:${words.entry || "first"}`;
  const address = (url) => (words.entry ? `${url}?entry=${words.entry}` : url);
  parts("plain-save").hidden = true; // saving is what this script does

  // --- What the page says ----------------------------------------------------------------------------------------------------------
  // Aloud only what matters: that something is wrong, and that it is right again.
  function say(next, text, link) {
    state.dataset.saveState = next;
    shown.textContent = text;
    more.replaceChildren(...(link ? [link] : []));
    const bad = ["offline", "out", "refused", "torn"];
    if (next !== kind && (bad.includes(next) || (next === "saved" && bad.includes(kind)))) said.textContent = text;
    if (next !== "saving") kind = next;
  }

  function tell(text) {
    told.hidden = !text;
    told.textContent = text;
  }

  // --- Keeping and saving ----------------------------------------------------------------------------------------------------------
  const dirty = () => !equal(was, read(form));
  const remember = () => keep(place(), { values: read(form), was, base: base.value });

  function touched() {
    if (!dirty()) { if (!torn.size) settledNow(); return; }
    remember();
    if (torn.size) return;
    if (!["offline", "out"].includes(kind)) say("waiting", words.wordWaiting);
    since ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(() => save(), Math.max(0, Math.min(QUIET, LONGEST - (Date.now() - since))));
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(() => save(), RETRIES[Math.min(failures++, RETRIES.length - 1)]);
  }

  // -> "saved", "torn", "refused" (the server said no), "away" (nothing arrived)
  // `ask`: also when nothing was typed, to be told what others saved
  function save(ask = false) {
    clearTimeout(timer);
    running = running.catch(() => null).then(() => send(ask));
    return running;
  }

  async function send(ask) {
    if (torn.size) return "torn";
    const sent = read(form);
    if (!ask && equal(was, sent) && Number(words.entry)) return settledNow();
    since = 0;
    say("saving", words.wordSaving);
    const body = new FormData();
    for (const [name, value] of Object.entries(sent)) for (const one of Array.isArray(value) ? value : [value]) body.append(name, one);
    body.append("our.base", base.value);
    let response, answer;
    try {
      response = await fetch(address(words.draftUrl), { method: "POST", body, headers: { "X-CSRFToken": token(form), Accept: "application/json" }, credentials: "same-origin", keepalive: document.visibilityState === "hidden" });
      answer = response.headers.get("content-type")?.includes("json") ? await response.json() : {};
    } catch {
      if (dirty()) { // else it was only a question, or the page is being left
        remember();
        say("offline", words.wordOffline);
        later();
      }
      return "away";
    }
    if (response.ok) return saved(sent, answer);
    if (dirty()) remember();
    if (response.status === 401 || response.status === 403) return out();
    if (answer.code === "stale_draft") return meet(answer.theirs);
    if (response.status >= 500 || response.status === 429) later();
    say("refused", `${answer.message || words.wordWaiting} ${words.wordKept}`);
    return "refused";
  }

  // What stands here is what is saved: typed back, or taken from somebody else.
  function settledNow() {
    forget(place());
    if (kind !== "saved" && base.value) say("saved", `${words.wordSaved} ${clock.format(new Date(base.value))}`);
    return "saved";
  }

  function saved(sent, answer) {
    const first = place();
    was = sent;
    base.value = answer.base;
    failures = 0;
    if (String(answer.entry) !== words.entry) {
      words.entry = String(answer.entry);
      form.action = `?entry=${answer.entry}`;
      history.replaceState(null, "", `?entry=${answer.entry}`);
      forget(first);
    }
    if (dirty()) { touched(); return "saved"; }
    forget(place());
    say("saved", `${words.wordSaved} ${clock.format(new Date())}`);
    return "saved";
  }

  function out() {
    const link = Object.assign(document.createElement("a"), { href: words.signIn, target: "_blank", rel: "noopener", textContent: words.wordSignIn });
    say("out", words.wordOut, link);
    later();
    return "away";
  }

  // --- Others ----------------------------------------------------------------------------------------------------------------------
  function byControl(theirs) {
    const values = { "our.note": theirs.note };
    for (const name of Object.keys(was)) if (name.startsWith("our.used.")) values[name] = theirs.used?.[name.slice(9)] ?? "";
    for (const [key, value] of Object.entries(theirs.values)) {
      if (`our.file.${key}` in was) values[`our.file.${key}`] = value ? String(value.id) : "";
      else values[key] = value;
    }
    return values;
  }

  function meet(theirs) {
    const values = byControl(theirs), met = merge(was, read(form), values), name = theirs.by || words.wordSomebody;
    for (const each of met.taken) {
      write(form, each, met.values[each]);
      if (each.startsWith("our.file.")) form.dispatchEvent(new CustomEvent("ludus:file", { detail: { name: each, file: theirs.values[each.slice(9)] } }));
    }
    was = { ...was, ...values };
    base.value = theirs.base;
    if (met.taken.length) tell(`${met.taken.map((each) => labelOf(form, each)).join(", ")}: ${words.wordTook.replace("~", name).replace(/:$/, ".")}`);
    if (theirs.entry && String(theirs.entry) !== words.entry) { words.entry = String(theirs.entry); form.action = `?entry=${theirs.entry}`; }
    for (const each of met.torn) ask(each, values[each], name, theirs.values[each.slice(9)]?.name);
    if (torn.size) {
      say("torn", words.wordDecide);
      torn.values().next().value.querySelector("button").focus();
      remember();
      return "torn";
    }
    if (dirty()) return send(false);
    forget(place());
    say("saved", `${words.wordSaved} ${clock.format(new Date(theirs.base))} · ${name}`);
    return "saved";
  }

  function ask(name, value, who, file) {
    torn.get(name)?.remove();
    const panel = Object.assign(document.createElement("div"), { className: "message message-warning torn" });
    const body = Object.assign(document.createElement("div"), { className: "message-body" });
    const text = Object.assign(document.createElement("p"), { textContent: words.wordTorn.replace("~", who) });
    const quote = Object.assign(document.createElement("blockquote"), { textContent: file || (Array.isArray(value) ? value.join(", ") : value) || words.wordNothing });
    const row = Object.assign(document.createElement("p"), { className: "row" });
    for (const [label, take] of [[words.wordOurs, false], [words.wordTheirs, true]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-quiet button-small", textContent: label });
      button.addEventListener("click", () => {
        if (take) {
          write(form, name, value);
          if (file) form.dispatchEvent(new CustomEvent("ludus:file", { detail: { name, file: { id: value, name: file } } }));
        }
        panel.remove();
        torn.delete(name);
        const control = [...form.elements].find((one) => one.name === name);
        control?.focus?.();
        if (torn.size) return;
        say("waiting", words.wordWaiting);
        save();
      });
      row.append(button);
    }
    body.append(text, quote, row);
    panel.append(body);
    fieldOf(form, name).append(panel);
    torn.set(name, panel);
  }

  async function pulse() {
    if (document.visibilityState === "hidden") return;
    try {
      const response = await fetch(address(words.pulseUrl), { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (response.status === 401) { if (dirty()) out(); return; }
      if (!response.ok) return;
      const answer = await response.json();
      others.hidden = !answer.others.length;
      others.textContent = answer.others.length ? `${words.wordHere} ${answer.others.join(", ")}` : "";
      if (answer.base && answer.base !== base.value && !torn.size) save(true);
    } catch { /* no connection: saving says so when there is something to save */ }
  }

  // --- From the beginning ----------------------------------------------------------------------------------------------------------
  function restore() {
    const held = kept(place());
    if (!held?.values) return;
    const now = read(form);
    const typed = Object.fromEntries(Object.entries(held.values).filter(([name]) => name in now));
    if (equal(now, { ...now, ...typed })) return forget(place());
    const met = held.base === base.value ? { values: { ...now, ...typed }, torn: [] } : merge({ ...now, ...held.was }, { ...now, ...typed }, now);
    if (equal(now, met.values) && !met.torn.length) return forget(place());
    for (const [name, value] of Object.entries(met.values)) write(form, name, value);
    for (const name of met.torn) ask(name, now[name], words.wordSomebody);
    tell(words.wordRestored);
    if (torn.size) say("torn", words.wordDecide);
    else touched();
  }

  form.saveDraft = save;
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", async (event) => {
    if (settled) return;
    event.preventDefault();
    const button = event.submitter;
    if (form.querySelector("[data-run]:not([hidden])")) return say("waiting", words.wordSending);
    const done = await save();
    if (done === "torn") return torn.values().next().value?.querySelector("button").focus();
    if (done === "away") return state.scrollIntoView({ block: "nearest" });
    token(form);
    settled = true;
    form.requestSubmit(button);
    settled = false;
  });
  addEventListener("online", () => { failures = 0; if (dirty()) save(); });
  addEventListener("focus", () => { if (dirty() && !torn.size) save(); });
  addEventListener("pagehide", () => { if (dirty()) { remember(); if (!torn.size) save(); } });
  addEventListener("pageshow", (event) => { if (event.persisted) pulse(); });
  sweep();
  restore();
  setTimeout(pulse, 1500);
  setInterval(pulse, PULSE);
}
