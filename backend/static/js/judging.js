// One sheet: every field is kept on this device as it is typed and saved a moment later; final, and on to the next; entry and rubric as two
// panes on a phone. Without this script the form is sent as forms are.

import { begin, facts, isKept, leaveWord, outbox, phaseWords, clock, say, sheetAt, short, showOutbox, store, toast, words } from "./judging-desk.js";
import { blank, edited, fault, fill, normal, rebased, sendable, troubled, valueOf, waits } from "./judging-record.js";
import { files } from "./judging-files.js";
import { keyboard } from "./judging-keys.js";

const TYPING = 900, CHOOSING = 150, PATIENCE = 6000;
const sheet = facts.sheet, form = document.querySelector("form[data-sheet]");
const criteria = new Map(sheet.criteria.map((one) => [one.key, one]));
const record = () => store.get(sheet.id) ?? blank(sheet);
let said = "";

/** What this browser knows and what the page says, made one: an old page from the shelf gives way, a newer one goes below what was typed. */
function meet() {
  const known = store.get(sheet.id);
  if (!known) return;
  if (sheet.revision >= known.base.revision) {
    const met = rebased({ ...known, label: sheet.label }, sheet);
    if (sheet.state === "final" || sheet.state === "recused") Object.assign(met, { final: false, stuck: Object.keys(met.edits).length ? words.over : "" });
    store.put(met);
  }
}

// --- Fields ---------------------------------------------------------------------------------------------------------------------------

const fields = form ? [...new Set([...form.elements].map((one) => one.name).filter((name) => /^(mark|remark)-|^(comment|note)$/.test(name)))] : [];

function read(field) {
  return form.elements[field].value;
}

/** What the page came with. */
function sent(field) {
  const control = form.elements[field];
  return control instanceof RadioNodeList ? ([...control].find((one) => one.defaultChecked)?.value ?? "") : control.defaultValue;
}

function write(field, text) {
  const control = form.elements[field], now = normal(field, read(field));
  if (now === normal(field, text)) return;
  if (control instanceof RadioNodeList) {
    const wanted = [...control].find((one) => normal(field, one.value) === normal(field, text));
    if (wanted) wanted.checked = true;
  } else control.value = text;
}

function typed(field, wait) {
  const next = edited({ ...record(), label: sheet.label }, field, read(field));
  const wrong = field.startsWith("mark-") ? fault(criteria.get(field.slice(5)), read(field), words) : "";
  if (wrong && field in next.edits) Object.assign(next, { faults: { ...next.faults, [field]: wrong }, final: false });
  if (!store.get(sheet.id) && !Object.keys(next.edits).length) return;
  store.put(next);
  refresh();
  if (sendable(next).length) outbox.wake(wait);
}

// --- What is shown ----------------------------------------------------------------------------------------------------------------------

function showField(now, field) {
  const error = form.querySelector(`[data-error="${field}"]`), active = document.activeElement?.name === field && document.activeElement.type === "text";
  const wrong = now.faults[field] ?? "";
  if (error && !(active && wrong && error.hidden && field in now.edits && !now.insists)) {
    error.hidden = !wrong;
    error.replaceChildren(...(wrong ? [Object.assign(document.createElement("li"), { textContent: wrong })] : []));
    const control = form.elements[field];
    const told = control instanceof RadioNodeList ? control[0].closest("[role=radiogroup]") : control;
    if (wrong) told.setAttribute("aria-invalid", "true");
    else told.removeAttribute("aria-invalid");
  }
  const tag = form.querySelector(`[data-tag="${field}"]`);
  if (tag) {
    const waiting = field in now.edits && !wrong;
    const text = field in now.clash ? words.clash_wait : waiting && (outbox.phase !== "idle" && outbox.phase !== "sending") ? words.kept_short : "";
    tag.textContent = text;
    tag.hidden = !text;
  }
  showClash(now, field);
}

function showClash(now, field) {
  const place = form.querySelector(`[data-error="${field}"]`) ?? form.querySelector(`[data-tag="${field}"]`)?.closest(".criterion, .field, .remark");
  if (!place) return;
  const there = form.querySelector(`[data-clash-of="${field}"]`);
  if (!(field in now.clash)) { there?.remove(); return; }
  const theirs = now.clash[field], mine = now.edits[field] ?? "";
  const box = there ?? document.querySelector("template[data-clash]").content.firstElementChild.cloneNode(true);
  const text = fill(words.clash, theirs || words.nothing, mine || words.nothing);
  if (box.querySelector("[data-clash-words]").textContent !== text) box.querySelector("[data-clash-words]").textContent = text;
  if (there) return;
  box.dataset.clashOf = field;
  box.setAttribute("aria-label", criteria.get(field.replace(/^(re)?mark-/, ""))?.name ?? field);
  box.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-keep]")?.dataset.keep;
    if (choice) settle(field, choice);
  });
  if (field.startsWith("remark-")) place.closest("details").open = true;
  place.after(box);
  say(text);
}

function settle(field, choice) {
  const now = record();
  const clash = { ...now.clash };
  delete clash[field];
  const edits = { ...now.edits };
  if (choice === "theirs") { delete edits[field]; write(field, now.base.values[field] ?? ""); }
  store.put({ ...now, clash, edits, at: Date.now() });
  refresh();
  form.querySelector(`[name="${field}"]`)?.focus();
  outbox.wake();
}

/** The line that says what is saved: its state for the eye, its words for everybody; heard only when they change in kind. */
function showLine(now) {
  const line = form.querySelector("[data-save-line]");
  const state = now.stuck ? "stuck" : Object.keys(now.clash).length ? "clash" : now.final && outbox.phase !== "sending" && outbox.phase !== "idle" ? "not-yet"
    : !waits(now) ? (now.saved ? "saved" : "idle") : outbox.phase === "sending" || outbox.phase === "idle" ? (sendable(now).length || now.final ? "saving" : "refused") : "kept";
  const text = {
    stuck: fill(words.stuck, now.stuck), clash: words.clash_wait, "not-yet": words.not_yet, idle: words.idle,
    saved: fill(words.saved, clock(now.saved)), saving: now.final ? words.handing_in : words.saving, refused: words.refused, kept: phaseWords(),
  }[state];
  line.hidden = false;
  line.dataset.state = state;
  line.querySelector("[data-save-words]").textContent = text;
  document.documentElement.dataset.saved = state;
  if (state !== said && !["idle", "saving", "saved"].includes(state)) say(text);
  if (said && state === "saved" && ["kept", "not-yet", "stuck"].includes(said)) say(text);
  if (state !== "saving") said = state;
}

function showTotal(now) {
  const done = sheet.criteria.filter((one) => valueOf(now, `mark-${one.key}`) !== "").length;
  form.querySelector("[data-total]").textContent = fill(words.marked, done, sheet.criteria.length);
  document.querySelector("[data-count]").textContent = `${done}/${sheet.criteria.length}`;
}

function refresh(event) {
  showOutbox(sheet.id);
  if (!form) return leftOver();
  const now = record();
  if (event?.type === "storage" || event?.type === "record") for (const field of fields) if (document.activeElement?.name !== field || !(field in now.edits)) write(field, valueOf(now, field));
  for (const field of fields) showField(now, field);
  form.elements.revision.value = now.base.revision;
  showLine(now);
  showTotal(now);
  if (now.base.state === "final" && !waits(now)) closed();
}

/** The sheet became final, here or on another device, while an older page was shown. */
function closed() {
  if (form.hidden) return;
  form.hidden = true;
  notice(fill(words.handed_in, sheet.label), "success");
}

function notice(text, level) {
  const place = document.querySelector("[data-notice]");
  const body = Object.assign(document.createElement("div"), { className: "message-body", textContent: text });
  const box = Object.assign(document.createElement("div"), { className: `message message-${level}` });
  box.append(body);
  place.replaceChildren(box);
  place.hidden = false;
}

/** What was written here and can no longer be saved, to read and to copy; thrown away only on demand. */
function leftOver() {
  const now = store.get(sheet.id), place = document.querySelector("[data-notice]");
  if (!now || (!waits(now) && !now.stuck)) { place.hidden = !place.childElementCount || place.dataset.left === "yes"; return; }
  const list = document.createElement("ul");
  for (const [field, text] of Object.entries(now.edits)) {
    const name = criteria.get(field.replace(/^(re)?mark-/, ""))?.name ?? { comment: words.comment, note: words.note }[field] ?? field;
    list.append(Object.assign(document.createElement("li"), { textContent: `${name}: ${text || words.nothing}` }));
  }
  notice(fill(words.stuck, now.stuck || (outbox.phase === "idle" ? words.over : phaseWords())), "warning");
  place.dataset.left = "yes";
  const away = Object.assign(document.createElement("button"), { type: "button", className: "button button-quiet button-small", textContent: words.discard });
  away.addEventListener("click", () => { store.drop(sheet.id); place.hidden = true; toast(words.discarded); });
  place.querySelector(".message-body").append(list);
  place.querySelector(".message").append(away);
}

// --- On to the next ---------------------------------------------------------------------------------------------------------------------

/** The entry after this one that is not already final or on its way; nothing when this was the last. */
function following() {
  const at = facts.queue.indexOf(sheet.id);
  const order = at < 0 ? facts.queue : [...facts.queue.slice(at + 1), ...facts.queue.slice(0, at)];
  return order.find((id) => { const one = store.get(id); return id !== sheet.id && !(one && (one.final || one.base.state === "final")); });
}

const nextAddress = () => { const next = following(); return next === undefined ? facts.addresses.queue : sheetAt(next); };

/** After a final sheet back to the hall, for who came from there and is connected: its page knows the next table. */
async function goOn(how = "") {
  const address = how === "final" && sheet.hall ? sheet.hall : nextAddress();
  if ((outbox.phase === "waiting" || how === "waiting") && !(await isKept(address))) { notice(words.stay, "warning"); say(words.stay); return; }
  location.assign(address);
}

/** Settled when the outbox has said something about this sheet: "final", "refused" or, after a while, "waiting". */
function settled() {
  return new Promise((done) => {
    const look = () => {
      const now = record();
      if (now.base.state === "final" && !waits(now)) finish("final");
      else if (!now.final) finish("refused");
      else if (["waiting", "signed_out", "somebody_else"].includes(outbox.phase)) finish("waiting");
    };
    const timer = setTimeout(() => finish("waiting"), PATIENCE);
    const finish = (how) => {
      clearTimeout(timer);
      outbox.removeEventListener("phase", look);
      outbox.removeEventListener("record", look);
      done(how);
    };
    outbox.addEventListener("phase", look);
    outbox.addEventListener("record", look);
  });
}

/** What keeps a sheet from being handed in, found here so that it is said without a connection too. */
function missing(now) {
  const faults = {};
  for (const one of sheet.criteria) {
    const field = `mark-${one.key}`, text = valueOf(now, field);
    const wrong = fault(one, text, words) || (text === "" && !one.optional ? words.needed : "");
    if (wrong) faults[field] = wrong;
  }
  return faults;
}

function focusFirst(now) {
  const field = fields.find((one) => one in now.faults || one in now.clash);
  if (!field) return;
  show("marks");
  const control = form.elements[field];
  const first = control instanceof RadioNodeList ? [...control].find((one) => one.checked) ?? control[0] : control;
  first.focus({ preventScroll: true });
  first.closest("[data-criterion], .field").scrollIntoView({ block: "nearest" });
}

/** Words that the round promises and this sheet lacks are said once; the second time the judge means it. */
let told = "";
function reminded(now) {
  const owed = (sheet.promised ?? []).filter((key) => !valueOf(now, `remark-${key}`).trim());
  const line = form.querySelector("[data-owed]"), names = owed.map((key) => criteria.get(key).name).join(", ");
  const first = line && names && told !== names;
  if (line) { line.hidden = !first; line.textContent = first ? fill(words.owed, names) : ""; }
  told = names;
  return Boolean(first);
}

async function handIn() {
  for (const field of fields) if (normal(field, read(field)) !== normal(field, valueOf(record(), field))) typed(field, TYPING);
  const now = record(), faults = missing(now);
  if (Object.keys(faults).length || Object.keys(now.clash).length) {
    store.put({ ...now, faults: { ...now.faults, ...faults }, label: sheet.label });
    refresh();
    for (const field of Object.keys(faults)) showField({ ...record(), insists: true }, field);
    focusFirst(record());
    say(Object.values(faults)[0] ?? words.clash_wait);
    return;
  }
  if (reminded(now)) return;
  store.put({ ...now, final: true, stuck: "", label: sheet.label, at: Date.now() });
  refresh();
  form.inert = true;
  const waiting = settled();
  outbox.wake();
  const how = await waiting;
  form.inert = false;
  refresh();
  if (how === "refused") return focusFirst(record());
  if (how === "final" && !sheet.hall) leaveWord(fill(words.handed_in, sheet.label));
  await goOn(how);
}

// --- Panes of a phone -------------------------------------------------------------------------------------------------------------------

const desk = document.querySelector("[data-judge]");
const depths = { entry: 0, marks: 0 };

function show(pane) {
  const before = desk.dataset.show;
  if (before === pane) return;
  if (before) depths[before] = scrollY;
  desk.dataset.show = pane;
  for (const link of document.querySelectorAll("[data-pane]")) {
    if (link.dataset.pane === pane) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (before && matchMedia("(max-width: 59.99rem)").matches) scrollTo({ top: Math.max(depths[pane], Math.min(scrollY, desk.offsetTop)), behavior: "instant" });
}

function panes() {
  for (const link of document.querySelectorAll("[data-pane]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); show(link.dataset.pane); });
  }
  show(form?.querySelector(".field-errors:not([hidden])") ? "marks" : "entry");
}

// --- Questions and giving back: they need the connection, but never lose what was written --------------------------------------------------

async function aside(event) {
  event.preventDefault();
  const box = event.target, kind = box.dataset.aside, data = new FormData(box), wrong = box.querySelector("[data-aside-error]");
  const body = kind === "flag" ? { text: data.get("text") } : { reason: data.get("reason"), conflict: data.has("conflict") };
  const answer = await outbox.ask("POST", `${sheet.id}/${kind}`, body);
  if (answer?.ok) {
    if (kind === "recuse") store.drop(sheet.id);
    location.assign(kind === "recuse" ? sheet.hall || nextAddress() : location.pathname);
    return;
  }
  const told = answer ? await answer.json().catch(() => ({})) : {};
  wrong.hidden = false;
  wrong.textContent = answer ? (told.errors?.[0]?.message ?? told.detail ?? words.broken) : words.needs_connection;
  say(wrong.textContent);
}

// --- Begin ------------------------------------------------------------------------------------------------------------------------------

meet();
panes();
const early = fields.filter((field) => normal(field, read(field)) !== normal(field, sent(field))); // chosen before this script was there
for (const box of document.querySelectorAll("[data-aside]")) box.addEventListener("submit", aside);
if (form) {
  for (const field of fields) if (!early.includes(field)) write(field, valueOf(record(), field));
  for (const one of form.querySelectorAll(".remark textarea")) if (one.value) one.closest("details").open = true;
  form.addEventListener("input", (event) => { if (fields.includes(event.target.name)) typed(event.target.name, event.target.type === "radio" ? CHOOSING : TYPING); });
  form.addEventListener("change", (event) => { if (event.target.name.startsWith("mark-")) setTimeout(() => showField({ ...record(), insists: true }, event.target.name)); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.value === "final" || !event.submitter) handIn();
    else {
      if (record().final) store.put({ ...record(), final: false });
      outbox.wake();
      goOn();
    }
  });
  keyboard({ form, handIn, show, desk, save: () => { outbox.wake(); toast(waits(record()) && outbox.phase === "waiting" ? phaseWords() : fill(words.saved, clock(Date.now()))); }, sheetAt, facts });
}
files();
begin(refresh);
for (const field of early) typed(field, CHOOSING);
refresh();
