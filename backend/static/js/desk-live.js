// Parts of a desk that follow what happens: <div data-live="ADDRESS" data-every="SECONDS"> asks for its own inside again and again.
//
// The answer's ETag goes back with the next question, so while nothing has changed nothing is sent (304). A hidden page asks nothing.
// What the reader is at stays: ticked boxes, an open <details> (by id or summary), the focus (by id), how far a table is scrolled.
// The header X-Live-Over ends it. [data-live-clock] says when it was asked last; a lost connection is said there, and asking goes on.
import { localize } from "./local-time.js";

const SECOND = 1000, SLOWEST = 60 * SECOND;

/** How long to wait after so many failures in a row: twice as long each time, a minute at most. */
export const wait = (every, failures) => Math.min(every * 2 ** failures, Math.max(SLOWEST, every));

const nameOf = (box) => `${box.getAttribute("form") ?? ""} ${box.name}=${box.value}`;

/** What the reader has done to the inside of `root`, to be done again to what takes its place. */
export function kept(root) {
  const at = document.activeElement;
  return {
    ticked: new Set([...root.querySelectorAll("input[type=checkbox]:checked")].map(nameOf)),
    open: new Set([...root.querySelectorAll("details[open][id]")].map((one) => one.id)),
    scrolled: new Map([...root.querySelectorAll("[data-scroll]")].map((one) => [one.dataset.scroll, [one.scrollLeft, one.scrollTop]])),
    focus: at && root.contains(at) ? at.id : "",
  };
}

export function restore(root, state) {
  for (const box of root.querySelectorAll("input[type=checkbox]")) box.checked = state.ticked.has(nameOf(box));
  for (const one of root.querySelectorAll("details[id]")) one.open = state.open.has(one.id);
  for (const one of root.querySelectorAll("[data-scroll]")) {
    const [left, top] = state.scrolled.get(one.dataset.scroll) ?? [0, 0];
    Object.assign(one, { scrollLeft: left, scrollTop: top });
  }
  if (state.focus) document.getElementById(state.focus)?.focus({ preventScroll: true });
}

class Live {
  constructor(root) {
    this.root = root;
    this.every = Number(root.dataset.every || 10) * SECOND;
    this.etag = null;
    this.failures = 0;
    this.timer = setTimeout(() => this.ask(), this.every);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.ask(); });
  }

  async ask() {
    clearTimeout(this.timer);
    if (!document.hidden && !(await this.once())) return;
    this.timer = setTimeout(() => this.ask(), wait(this.every, this.failures));
  }

  /** Ask once; false when nothing more is to come. */
  async once() {
    try {
      const headers = { "X-Requested-With": "fetch", ...(this.etag ? { "If-None-Match": this.etag } : {}) };
      const answer = await fetch(this.root.dataset.live, { headers, credentials: "same-origin", redirect: "error", cache: "no-store" });
      if (answer.status === 404 || answer.status === 403) return false;
      if (!answer.ok && answer.status !== 304) throw new Error(answer.statusText);
      if (answer.status === 200) this.show(await answer.text());
      this.etag = answer.headers.get("ETag");
      this.failures = 0;
      this.clock(true);
      return answer.headers.get("X-Live-Over") === null;
    } catch {
      this.failures += 1;
      this.clock(false);
      return true;
    }
  }

  show(html) {
    const state = kept(this.root);
    this.root.innerHTML = html;
    restore(this.root, state);
    localize(this.root);
    this.root.dispatchEvent(new CustomEvent("live:shown", { bubbles: true }));
  }

  clock(good) {
    for (const one of document.querySelectorAll("[data-live-clock]")) {
      one.toggleAttribute("data-lost", !good);
      one.textContent = good ? `${one.dataset.asked} ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })}` : one.dataset.lostWords;
    }
  }
}

for (const root of document.querySelectorAll("[data-live]")) new Live(root);
