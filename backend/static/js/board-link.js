// How a board hears what changed.
//
// Socket: each message is one delta, {board, key, version, from, rows, gone}; `rows` holds changed rows only, `gone` the groups that left.
// A message whose `from` is not the version known here means that one was missed: everything is then fetched once, after a random wait
// so that a hall full of phones does not ask at the same moment. Without a socket the address is polled with the ETag of its last answer.

const POLL = 10_000, JITTER = 2_000, PATIENCE = 30_000, LATER = 4_000;
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** What to do with a message when the page shows `version`: "apply", "skip" (already known) or "fetch" (one was missed). */
export function verdict(version, message) {
  if (message.version <= version) return "skip";
  return message.from === version ? "apply" : "fetch";
}

export class Link {
  /**
   * board: its id; socket: path or nothing; version: what is shown now; whole: a message does not tell all, so fetch after each;
   * fetchAll(etag): answers {etag, body} or null when nothing is new, and throws without a network; heard(message, whole); state(word).
   */
  constructor({ board, socket, version, whole, fetchAll, heard, state }) {
    Object.assign(this, { board: String(board), socket, version, whole, fetchAll, heard, state });
    this.etag = null;
    this.linked = false;
    this.reached = true;
    this.fetching = null;
    this.tries = 0;
  }

  start() {
    if (this.socket && "WebSocket" in globalThis) this.connect();
    else this.show();
    this.poll();
    document.addEventListener("visibilitychange", () => { if (!document.hidden && !this.linked) this.fetch(); });
    addEventListener("online", () => this.fetch());
  }

  show() {
    this.state(this.linked ? "live" : this.reached ? "poll" : "lost");
  }

  connect() {
    const address = new URL(this.socket, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.addEventListener("open", () => { this.tries = 0; this.linked = this.reached = true; this.show(); });
    socket.addEventListener("message", (event) => this.hear(event.data));
    socket.addEventListener("close", async () => {
      this.linked = false;
      this.tries += 1;
      if (this.tries === 1) this.fetch(); // says at once whether anything answers at all
      this.show();
      await pause(Math.min(PATIENCE, 500 * 2 ** this.tries) * (0.5 + Math.random() / 2));
      this.connect();
    });
  }

  hear(data) {
    let message;
    try { message = JSON.parse(data); } catch { return; }
    if (message.board !== undefined && String(message.board) !== this.board) return;
    if (!Array.isArray(message.rows)) return;
    const what = verdict(this.version, message);
    if (what === "apply") {
      const since = this.version;
      this.version = message.version;
      if (this.heard(message, false) === false) { this.version = since; this.catchUp(); }
      else if (this.whole) this.catchUp(LATER); // places have moved already: what is left can wait, and several changes wait together
    }
    if (what === "fetch") this.catchUp();
  }

  async catchUp(spread = JITTER) {
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
    if (!this.linked) this.show();
  }
}

/** One address as JSON, with its ETag; null for 304 and for anything that is not an answer. */
export async function asked(url, etag) {
  const headers = { Accept: "application/json", ...(etag ? { "If-None-Match": etag } : {}) };
  const answer = await fetch(url, { headers, credentials: "same-origin" });
  if (answer.status !== 200) return null;
  return { etag: answer.headers.get("ETag"), body: await answer.json() };
}
