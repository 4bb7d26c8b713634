// How a board hears what changed.
//
// Socket: each message is one delta, {board, key, version, from, rows, gone}; `rows` holds changed rows only, `gone` the groups that left.
// A message that begins after the version known here means that one was missed: everything is then fetched once, after a random wait so
// that a hall full of phones does not ask at the same moment. `from` -1 says so outright; `again`: the versions known here mean nothing.
// When the socket breaks, it is opened again a little later, at a moment chosen by chance, with the version that is shown: the first
// message then says what changed meanwhile. Where sockets are not to be had, the address is polled with the ETag of its last answer.

const POLL = 10_000, JITTER = 2_000, PATIENCE = 30_000, LATER = 4_000;
const FIRST = 500, CROWD = 3_000, LONG = 60_000, ASKS = 6;
const ENDED = 4404, SLOW = 4408, FULL = 4429, RESTART = 1012, LOST = 1006, AWAY = 1001;
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** What to do with a message when the page shows `version`: "apply", "skip" (already known) or "fetch" (one was missed). */
export function verdict(version, message) {
  if (message.again) return "fetch";
  if (message.version <= version) return "skip";
  return message.from >= 0 && message.from <= version ? "apply" : "fetch";
}

/**
 * How long to wait before the socket is opened again, in ms; null: not at all. `tries`: how often it broke in a row; chance: 0 to 1.
 * Everybody loses a server at the same moment, so that wait is drawn from a span, which a server that ends may name as the reason.
 */
export function patience(code, reason, tries, chance = Math.random()) {
  if (code === ENDED) return null;
  if (code === SLOW || code === FULL) return LONG * (1 + chance);
  const crowd = code === RESTART || code === LOST || code === AWAY;
  if (crowd && tries <= 1) return FIRST + chance * (code === RESTART && Number(reason) > 0 ? Number(reason) : CROWD);
  return Math.min(PATIENCE, FIRST * 2 ** tries) * (0.5 + chance / 2);
}

export class Link {
  /**
   * board: its id; socket: path or nothing; version: what is shown now; whole: a message does not tell all, so fetch after each;
   * fetchAll(etag): answers {etag, body} or null when nothing is new, and throws without a network; heard(message, whole); state(word):
   * "live", "behind" (live, and something missed is being fetched), "poll" or "lost".
   */
  constructor({ board, socket, version, whole, fetchAll, heard, state }) {
    Object.assign(this, { board: String(board), socket, version, whole, fetchAll, heard, state });
    this.etag = null;
    this.side = null;
    this.linked = false;
    this.behind = false;
    this.wanted = -1; // a version that is known to be there and not shown yet
    this.asks = 0;
    this.reached = true;
    this.fetching = null;
    this.tries = 0;
  }

  start() {
    if (this.socket && "WebSocket" in globalThis) this.connect();
    else this.show();
    this.poll();
    document.addEventListener("visibilitychange", () => { if (!document.hidden && !this.linked) this.fetch(); });
    addEventListener("online", () => { this.fetch(); this.hurry?.(); });
  }

  show() {
    this.state(this.linked ? (this.behind ? "behind" : "live") : this.reached ? "poll" : "lost");
  }

  connect() {
    const address = new URL(this.socket, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (this.version >= 0) address.searchParams.set("since", this.version);
    if (this.side) address.searchParams.set("side", this.side);
    const socket = new WebSocket(address);
    socket.addEventListener("open", () => { this.linked = this.reached = true; this.show(); });
    socket.addEventListener("message", (event) => { this.tries = 0; this.hear(event.data); });
    socket.addEventListener("close", async ({ code, reason }) => {
      this.linked = false;
      this.tries += 1;
      if (this.tries === 1) pause(Math.random() * FIRST).then(() => this.fetch()); // says whether anything answers at all
      this.show();
      const wait = patience(code, reason, this.tries);
      if (wait === null) return; // no longer ours: the page asks its address, which says the rest
      await Promise.race([pause(wait), new Promise((done) => { this.hurry = () => setTimeout(done, Math.random() * FIRST); })]);
      this.hurry = null;
      this.connect();
    });
  }

  hear(data) {
    let message;
    try { message = JSON.parse(data); } catch { return; }
    if (message.board !== undefined && String(message.board) !== this.board) return;
    if (!Array.isArray(message.rows)) return;
    if (message.side) this.side = message.side;
    if (message.again) { this.version = -1; this.etag = null; }
    const what = verdict(this.version, message);
    if (what === "apply") {
      const since = this.version;
      this.version = message.version;
      if (this.heard(message, false) === false) { this.version = since; this.wanted = message.version; this.asks = 0; this.catchUp(); }
      else if (this.whole) this.catchUp(LATER, true); // places have moved already: what is left can wait, and several changes wait together
    }
    if (what === "fetch") {
      this.wanted = message.again ? message.version : Math.max(this.wanted, message.version);
      this.asks = 0;
      this.catchUp();
    }
  }

  async catchUp(spread = JITTER, quiet = false) {
    if (!quiet) { this.behind = true; this.show(); }
    if (this.fetching) return this.fetching;
    this.fetching = pause(200 + Math.random() * spread).then(() => { this.fetching = null; return this.fetch(); });
    return this.fetching;
  }

  async poll() {
    for (;;) {
      await pause(POLL + Math.random() * JITTER);
      if (!this.linked && !document.hidden) await this.fetch();
    }
  }

  async fetch() {
    try {
      const answer = await this.fetchAll(this.etag);
      this.reached = true;
      if (answer) {
        this.etag = answer.etag;
        if (answer.body.version > this.version || (this.whole && answer.body.version === this.version)) {
          this.version = answer.body.version;
          this.heard(answer.body, true);
        }
      }
    } catch { this.reached = false; /* no network: the next round asks again, the page keeps what it shows */ }
    this.behind = this.linked && this.version < this.wanted && this.asks < ASKS;
    if (this.behind) this.catchUp(JITTER * ++this.asks); // the answer was an old one, or there was none
    this.show();
  }
}

/** One address as JSON, with its ETag; null for 304 and for anything that is not an answer. */
export async function asked(url, etag) {
  const headers = { Accept: "application/json", ...(etag ? { "If-None-Match": etag } : {}) };
  const answer = await fetch(url, { headers, credentials: "same-origin" });
  if (answer.status !== 200) return null;
  return { etag: answer.headers.get("ETag"), body: await answer.json() };
}
