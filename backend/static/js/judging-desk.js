// What every page of the judge's desk shares: its facts, the records of this browser, the outbox and the words about it, the service worker.

import { Outbox } from "./judging-outbox.js";
import { Store, fill, waits } from "./judging-record.js";

const AHEAD = 25; // entries of the queue that are kept for a time without connection
export const facts = JSON.parse(document.getElementById("judging-facts").textContent);
export const words = facts.words;
export const store = new Store(facts.user);
export const outbox = new Outbox(store, facts);

export const sheetAt = (id) => facts.addresses.sheet.replace("/0/", `/${id}/`);
const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
export const clock = (at) => new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false }).format(at);

/** Say something to those who hear the page. */
export function say(text) {
  const place = document.querySelector("[data-said]");
  if (place && place.textContent !== text) place.textContent = text;
}

/** A word of the last page for this one: what was handed in. */
export const leaveWord = (text) => { try { sessionStorage.setItem("ludus:judging:word", text); } catch { /* then it is not said */ } };
export function toast(text, level = "success") {
  const place = document.querySelector("[data-toasts]");
  if (!place) return;
  const body = Object.assign(document.createElement("div"), { className: "message-body", textContent: text });
  const box = Object.assign(document.createElement("div"), { className: `message message-${level}` });
  box.append(body);
  place.append(box);
  setTimeout(() => box.remove(), 6000);
}

function lastWord() {
  try {
    const text = sessionStorage.getItem("ludus:judging:word");
    sessionStorage.removeItem("ludus:judging:word");
    if (text) toast(text);
  } catch { /* nothing was left */ }
}

/** What the state of the connection means, in words. */
export function phaseWords() {
  if (outbox.phase === "signed_out") return words.signed_out;
  if (outbox.phase === "somebody_else") return words.somebody_else;
  return store.keeps ? words.kept : words.unkept;
}

/** The list of sheets that are not on the server yet; `but` is the sheet of this page, which says so itself. */
export function showOutbox(but) {
  const box = document.querySelector("[data-outbox]");
  const left = store.all().filter((one) => (waits(one) || one.stuck) && one.sheet !== but);
  const signedOut = outbox.phase === "signed_out" || outbox.phase === "somebody_else";
  const quiet = outbox.phase === "idle" || outbox.phase === "sending";
  box.hidden = !(left.length && (!quiet || left.some((one) => one.stuck || one.final))) && !signedOut;
  if (box.hidden) return;
  box.querySelector("[data-outbox-words]").textContent = quiet ? "" : phaseWords();
  box.querySelector("[data-outbox-now]").hidden = signedOut;
  box.querySelector("[data-outbox-sign-in]").hidden = !signedOut;
  box.querySelector("[data-outbox-list]").replaceChildren(...left.map((one) => {
    const link = Object.assign(document.createElement("a"), { href: sheetAt(one.sheet), textContent: one.label });
    const line = document.createElement("li");
    line.append(link, " ", Object.assign(document.createElement("span"), { className: "hint", textContent: short(one) }));
    return line;
  }));
}

/** One sheet's state on this device, in few words. */
export function short(record) {
  if (record.stuck) return fill(words.stuck, record.stuck);
  if (Object.keys(record.clash).length) return words.clash_wait;
  if (Object.keys(record.faults).length) return words.refused;
  return record.final ? words.not_yet_short : words.kept_short;
}

/** Whether a page opens without a connection. */
export async function isKept(address) {
  try { return Boolean("caches" in globalThis && (await caches.match(new URL(address, location.href).href, { ignoreVary: true }))); } catch { return false; }
}

/** Let the service worker keep this page, the list, and the next entries, with everything they are made of. */
async function keepPages() {
  if (!("serviceWorker" in navigator)) return;
  const scope = new URL(facts.addresses.queue, location.href).pathname;
  try {
    await navigator.serviceWorker.register(facts.addresses.worker, { scope });
    await navigator.serviceWorker.register(`${facts.addresses.worker}?leaving`, { scope: facts.addresses.sign_out });
    for (const door of facts.addresses.doors) await navigator.serviceWorker.register(`${facts.addresses.worker}?coming`, { scope: door });
    const { active, waiting, installing } = await awake(scope);
    const here = facts.sheet ? facts.queue.indexOf(facts.sheet.id) : -1;
    const ahead = [...facts.queue.slice(here + 1), ...facts.queue.slice(0, here + 1)].slice(0, navigator.connection?.saveData ? 3 : AHEAD);
    const pages = [facts.addresses.unconnected, facts.addresses.queue, location.pathname, ...ahead.map(sheetAt)];
    const used = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => name.startsWith(`${location.origin}/`) && !name.includes("/api/"));
    const linked = [...document.querySelectorAll("link[href], script[src]")].map((one) => one.href || one.src);
    const drawn = [...document.querySelectorAll("use[href]")].map((one) => new URL(one.getAttribute("href"), location.href).href.split("#")[0]);
    const assets = [...new Set([...used, ...linked, ...drawn, ...facts.assets.map((one) => new URL(one, location.href).href)])].filter((name) => !name.includes(scope));
    (active ?? waiting ?? installing).postMessage({ type: "keep", user: facts.user, pages: [...new Set(pages)], assets });
  } catch { /* no worker: the records are kept all the same */ }
}

async function awake(scope) {
  const found = await navigator.serviceWorker.getRegistration(scope);
  if (found.active) return found;
  const worker = found.installing ?? found.waiting;
  await new Promise((done) => worker.addEventListener("statechange", () => { if (worker.state === "activated") done(); }));
  return found;
}

// What the server has needs no second copy on this device, except as long as the page that was kept is older than the last save.
const RENEW = 4000, renewing = new Map();

function settle(id) {
  const record = store.get(id);
  if (!record || waits(record) || record.stuck) return;
  clearTimeout(renewing.get(id));
  renewing.set(id, setTimeout(async () => {
    const active = "serviceWorker" in navigator && (await navigator.serviceWorker.getRegistration(facts.addresses.queue).catch(() => null))?.active;
    if (active) active.postMessage({ type: "renew", user: facts.user, page: sheetAt(id), sheet: id, revision: record.base.revision });
    else forget(id, record.base.revision);
  }, RENEW));
}

function forget(id, revision) {
  const record = store.get(id);
  if (!record || waits(record) || record.stuck || record.base.revision !== revision) return;
  if (facts.sheet?.id === id) Object.assign(facts.sheet, record.base, { saved: record.saved });
  else if (record.base.state === "final") facts.queue = facts.queue.filter((one) => one !== id);
  store.drop(id);
}

function heed() {
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data?.type === "renewed") forget(data.sheet, data.revision);
    if (data?.type !== "kept") return;
    document.documentElement.dataset.kept = String(data.pages);
    document.documentElement.dataset.files = String(data.files);
    const place = document.querySelector("[data-kept-pages]"), text = data.files ? words.kept_files : words.kept_pages;
    if (place && data.pages) Object.assign(place, { hidden: false, textContent: fill(text, data.pages, data.files) });
    document.dispatchEvent(new CustomEvent("judging:kept", { detail: data }));
  });
}

/** Nobody signs out without knowing that something of theirs is on this device only. */
function guardSignOut() {
  for (const form of document.querySelectorAll(`form[action="${facts.addresses.sign_out}"]`)) {
    form.addEventListener("submit", (event) => {
      if (store.all().some(waits) && !confirm(words.leave)) event.preventDefault();
      else for (const one of store.all()) if (!waits(one)) store.drop(one.sheet);
    });
  }
}

export function begin(refresh) {
  store.tidy();
  lastWord();
  heed();
  guardSignOut();
  outbox.addEventListener("phase", refresh);
  outbox.addEventListener("record", refresh);
  outbox.addEventListener("record", ({ detail }) => settle(detail));
  for (const one of store.all()) settle(one.sheet);
  addEventListener("storage", (event) => { if (store.owns(event.key)) refresh(event); });
  document.querySelector("[data-outbox-now]")?.addEventListener("click", () => outbox.wake());
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  for (const one of store.all()) if (one.stuck && waits(one)) store.put({ ...one, stuck: "" }); // once more with every page: things change
  outbox.wake();
  if (document.readyState === "complete") keepPages();
  else addEventListener("load", keepPages, { once: true });
}
