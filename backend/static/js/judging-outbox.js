// Brings what was typed to the server: one save at a time, oldest first, whatever page of the desk is open, again and again until it said yes.
//
// The answer decides: saved; stale (another device saved: fetch what it wrote, put ours on top, send again, ask only where both differ);
// refused with reasons (those fields wait for the judge, the others are sent); never allowed (stuck: said in words, kept here);
// signed out; or no answer at all, then once more after a while and as soon as the browser is back online.

import { bodyOf, rebased, sendable, served, troubled, waits } from "./judging-record.js";

const FIRST = 1000, LONGEST = 60_000, SLOW = 4000, PATIENCE = 15_000, REBASES = 4, LOCK = "ludus-judging-outbox";

export class Outbox extends EventTarget {
  constructor(store, { api, cookie, user, words }) {
    super();
    Object.assign(this, { store, api, cookie, user, words });
    this.phase = "idle"; // idle | sending | waiting | signed_out | somebody_else
    this.tries = 0;
    this.timer = 0;
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => { if (this.store.all().some(waits)) this.enter("waiting"); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && this.phase !== "idle") this.wake(); });
  }

  enter(phase) {
    this.phase = phase;
    this.dispatchEvent(new CustomEvent("phase", { detail: phase }));
  }

  told(sheet) { this.dispatchEvent(new CustomEvent("record", { detail: sheet })); }

  /** Send what there is, soon. */
  wake(after = 0) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.drain(), after);
  }

  async drain() {
    if (this.running) { this.again = true; return; }
    this.running = true;
    try {
      const work = () => this.sendAll();
      if (navigator.locks) await navigator.locks.request(`${LOCK}-${this.user}`, work); // tabs take turns
      else await work();
    } finally { this.running = false; }
    if (this.again) { this.again = false; this.wake(); }
  }

  async sendAll() {
    for (const { sheet } of this.store.all()) {
      for (let turn = 0; turn < REBASES; turn++) {
        const record = this.store.get(sheet);
        if (!record || !this.due(record)) break;
        this.enter("sending");
        const slow = setTimeout(() => this.enter("waiting"), SLOW); // a network that swallows everything looks like one that is slow
        const outcome = await this.send(record);
        clearTimeout(slow);
        if (outcome === "waiting") return this.retry();
        if (outcome === "signed_out" || outcome === "somebody_else") return this.enter(outcome);
        this.tries = 0;
        if (outcome !== "again") break;
      }
    }
    this.enter("idle");
  }

  retry(after = Math.min(LONGEST, FIRST * 2 ** this.tries)) {
    this.tries = Math.min(this.tries + 1, 8);
    this.enter("waiting");
    this.wake(after * (0.75 + Math.random() / 2));
  }

  due(record) { return sendable(record).length > 0 || this.handsIn(record); }

  handsIn(record) { return record.final && !record.stuck && !troubled(record); }

  /** One request about one sheet. Returns "done", "again", "waiting", "signed_out" or "somebody_else". */
  async send(before) {
    const fields = sendable(before), final = this.handsIn(before);
    const answer = await this.ask(final ? "POST" : "PUT", `${before.sheet}/${final ? "finalize" : "marks"}`, bodyOf(before, fields));
    if (answer === null || answer.status >= 500 || answer.status === 429) return "waiting";
    const said = await answer.json().catch(() => ({}));
    if (answer.status === 401 || (answer.status === 403 && !(await this.isMe()))) return this.who();
    if (answer.ok) return this.kept(before, fields, said);
    if (answer.status === 422) return this.refused(before.sheet, said);
    if (answer.status === 409 || answer.status === 404) return this.changed(before.sheet, said);
    return this.stick(before.sheet, said.detail || this.words.broken);
  }

  kept(before, fields, said) {
    const now = this.store.get(before.sheet) ?? before;
    for (const field of fields) {
      now.base.values[field] = before.edits[field];
      if (now.edits[field] === before.edits[field]) delete now.edits[field];
    }
    Object.assign(now.base, { revision: said.revision, state: said.state });
    now.saved = Date.now();
    now.stuck = "";
    if (said.state === "final") now.final = false;
    this.store.put(now);
    this.told(now.sheet);
    return this.due(now) ? "again" : "done";
  }

  refused(sheet, said) {
    const now = this.store.get(sheet), known = new Set();
    for (const { where, message } of said.errors ?? []) {
      const field = where === "comment" || where === "note" ? where : `mark-${where}`;
      const asked = field in now.edits || said.code === "sheet_incomplete";
      if (asked) { now.faults[field] = message; known.add(field); }
    }
    now.final = false;
    if (!known.size) now.stuck = said.detail || this.words.broken;
    this.store.put(now);
    this.told(sheet);
    return this.due(now) ? "again" : "done";
  }

  /** The sheet is not as we thought: look at it, put ours on top. */
  async changed(sheet, said) {
    const answer = await this.ask("GET", String(sheet));
    if (answer === null || answer.status >= 500) return "waiting";
    if (answer.status === 401) return "signed_out";
    if (!answer.ok) return (await this.isMe()) ? this.stick(sheet, this.words.gone) : this.who();
    const server = served(await answer.json());
    const now = rebased(this.store.get(sheet), server);
    if (server.state === "final" && !Object.keys(now.edits).length) now.final = false; // our own answer was lost on the way
    else if (said.code !== "sheet_stale") now.stuck = said.detail || this.words.broken;
    if (now.stuck) now.final = false;
    if (!Object.keys(now.edits).length) now.saved = Date.now();
    this.store.put(now);
    this.told(sheet);
    return this.due(now) ? "again" : "done";
  }

  stick(sheet, why) {
    const now = this.store.get(sheet);
    this.store.put({ ...now, stuck: why, final: false });
    this.told(sheet);
    return "done";
  }

  async isMe() {
    const answer = await this.ask("GET", "", undefined, "/api/v1/me");
    return Boolean(answer?.ok) && (await answer.json()).id === this.user;
  }

  async who() {
    const answer = await this.ask("GET", "", undefined, "/api/v1/me");
    return answer?.ok ? "somebody_else" : answer === null ? "waiting" : "signed_out";
  }

  /** A request as the judge who is signed in; null where no answer came in time. */
  async ask(method, path, body, base = this.api) {
    const headers = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET") headers["X-CSRFToken"] = this.token();
    const late = new AbortController(), timer = setTimeout(() => late.abort(), PATIENCE);
    try {
      return await fetch(base + path, { method, headers, body: body && JSON.stringify(body), credentials: "same-origin", cache: "no-store", signal: late.signal });
    } catch { return null; } finally { clearTimeout(timer); }
  }

  token() {
    const found = document.cookie.split("; ").find((one) => one.startsWith(`${this.cookie}=`));
    return found ? decodeURIComponent(found.slice(this.cookie.length + 1)) : document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  }
}
