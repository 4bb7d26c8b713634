// A board that moves by itself.
//
// Socket: each message is one delta, {board, version, from, rows}; `rows` holds changed rows only. A message whose `from` is not the
// version on the page means that one was missed: the whole board is then fetched once, after a random wait so that a hall full of
// phones does not ask at the same moment. Without a socket the page polls with the ETag of its last answer.
// A row: {group, position, place, rank, name, url, under, status, move, score, cells, cut}, texts ready to show, as in board_row.html;
// `position` counts rows from 0. {group, gone: true} takes a row away. The whole board: {board, version, rows} with every row.

const POLL = 10_000, JITTER = 2_000, PATIENCE = 30_000, STAGGER = 12;
const calm = typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : { matches: true };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** What to do with a message when the page shows `version`: "apply", "skip" (already known) or "fetch" (one was missed). */
export function verdict(version, message) {
  if (message.version <= version) return "skip";
  return message.from === version ? "apply" : "fetch";
}

/** Rows in their new order: those of the delta by position, the others where they were between them. */
export function merged(known, rows) {
  const all = new Map(known);
  for (const row of rows) row.gone ? all.delete(row.group) : all.set(row.group, row.position);
  return [...all].sort((a, b) => a[1] - b[1]).map(([group]) => group);
}

class Board {
  constructor(section) {
    this.section = section;
    this.body = section.querySelector("[data-rows]");
    this.words = section.dataset;
    this.version = Number(section.dataset.version);
    this.etag = null;
    this.linked = false;
    this.columns = [...section.querySelectorAll("thead th")].slice(3, -1).map((head) => head.textContent.trim());
    this.fetching = null;
    this.tries = 0;
  }

  start() {
    if (this.words.socket && "WebSocket" in globalThis) this.connect();
    else this.show(false);
    this.poll();
    document.addEventListener("visibilitychange", () => { if (!document.hidden && !this.linked) this.fetch(); });
  }

  show(linked) {
    this.linked = linked;
    this.section.dataset.link = linked ? "live" : "poll";
    const mark = this.section.querySelector("[data-live]");
    if (!mark) return;
    mark.hidden = false;
    mark.querySelector("[data-live-word]").textContent = linked ? this.words.wordLive : this.words.wordPoll;
  }

  connect() {
    const address = new URL(this.words.socket, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.addEventListener("open", () => { this.tries = 0; this.show(true); this.catchUp(); });
    socket.addEventListener("message", (event) => this.hear(event.data));
    socket.addEventListener("close", async () => {
      this.show(false);
      this.tries += 1;
      await pause(Math.min(PATIENCE, 500 * 2 ** this.tries) * (0.5 + Math.random() / 2));
      this.connect();
    });
  }

  hear(data) {
    let message;
    try { message = JSON.parse(data); } catch { return; }
    if (message.board !== undefined && String(message.board) !== this.words.board) return;
    if (!Array.isArray(message.rows)) return;
    const what = verdict(this.version, message);
    if (what === "apply") this.apply(message, false);
    if (what === "fetch") this.catchUp();
  }

  async catchUp() {
    if (this.fetching) return this.fetching;
    this.fetching = pause(Math.random() * JITTER).then(() => this.fetch()).finally(() => { this.fetching = null; });
    return this.fetching;
  }

  async poll() {
    for (;;) {
      await pause(POLL + Math.random() * JITTER);
      if (!this.section.isConnected) return;
      if (!this.linked && !document.hidden) await this.fetch();
    }
  }

  async fetch() {
    try {
      const headers = { Accept: "application/json", ...(this.etag ? { "If-None-Match": this.etag } : {}) };
      const answer = await fetch(this.words.url, { headers, credentials: "same-origin" });
      if (answer.status !== 200) return;
      this.etag = answer.headers.get("ETag");
      const whole = await answer.json();
      if (whole.version > this.version) this.apply(whole, true);
    } catch { /* no network: the next round asks again, the page keeps what it shows */ }
  }

  apply(message, whole) {
    const before = new Map([...this.body.rows].map((row) => [row.dataset.group, row.getBoundingClientRect().top]));
    const leader = this.body.rows[0]?.dataset.group;
    const stay = new Set(message.rows.map((row) => row.group));
    const known = [...this.body.rows].filter((row) => !whole || stay.has(row.dataset.group)).map((row, i) => [row.dataset.group, i]);
    const rows = new Map([...this.body.rows].map((row) => [row.dataset.group, row]));
    for (const data of message.rows) if (!data.gone) rows.set(data.group, this.fill(rows.get(data.group) ?? this.blank(), data));
    this.body.replaceChildren(...merged(known, message.rows).map((group) => rows.get(group)));
    this.version = message.version;
    this.section.dataset.version = String(message.version);
    this.glide(before);
    this.say(leader);
    this.section.dispatchEvent(new CustomEvent("board:changed", { bubbles: true, detail: { version: message.version } }));
  }

  blank() {
    const row = document.createElement("tr");
    row.setAttribute("role", "row");
    const cell = (tag, role, name) => {
      const made = document.createElement(tag);
      made.setAttribute("role", role);
      made.className = name;
      row.append(made);
      return made;
    };
    cell("td", "cell", "place").append(Object.assign(document.createElement("span"), { className: "piece" }));
    cell("td", "cell", "moved");
    const name = cell("th", "rowheader", "name");
    name.scope = "row";
    name.append(document.createElement("span"), Object.assign(document.createElement("span"), { className: "under" }));
    for (const label of this.columns) cell("td", "cell", "cell n").dataset.label = label;
    cell("td", "cell", "score");
    return row;
  }

  fill(row, data) {
    row.dataset.group = data.group;
    data.rank ? (row.dataset.rank = data.rank) : delete row.dataset.rank;
    row.classList.toggle("is-mine", Boolean(this.words.mine) && data.group === this.words.mine);
    row.classList.toggle("is-out", Boolean(data.status));
    row.classList.toggle("is-cut", Boolean(data.cut));
    row.querySelector(".piece").textContent = data.place || "–";
    row.querySelector(".moved").replaceChildren(...this.movement(data.move));
    const name = row.querySelector(".name");
    const local = typeof data.url === "string" && data.url.startsWith("/") && !data.url.startsWith("//");
    const title = document.createElement(local ? "a" : "span");
    if (local) title.href = data.url;
    title.textContent = data.name;
    name.firstElementChild.replaceWith(title);
    const under = name.querySelector(".under");
    under.textContent = data.status || data.under || "";
    under.hidden = !under.textContent;
    row.querySelectorAll(".cell").forEach((cell, i) => {
      const text = data.cells?.[i] ?? "";
      cell.textContent = text || "–";
      cell.classList.toggle("cell-none", !text);
    });
    const score = row.querySelector(".score");
    if (score.textContent && score.textContent !== data.score) row.classList.add("was-changed");
    score.textContent = data.score || "–";
    return row;
  }

  movement(move) {
    if (move === null || move === undefined || move === "") return [];
    const kind = move === "new" ? "new" : move > 0 ? "up" : move < 0 ? "down" : "same";
    const made = Object.assign(document.createElement("span"), { className: `move move-${kind}` });
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${this.words.icons}#${kind}`);
    svg.append(use);
    const word = this.words[{ new: "wordNew", up: "wordUp", down: "wordDown", same: "wordSame" }[kind]];
    const said = Object.assign(document.createElement("span"), { textContent: kind === "new" ? word : `${word} ` });
    if (kind !== "new") said.className = "visually-hidden";
    made.append(svg, said);
    if (kind === "up" || kind === "down") made.append(String(Math.abs(move)));
    return [made];
  }

  /** Each row starts where it was seen last and glides to where it stands now. Rows out of sight do not move. */
  glide(before) {
    setTimeout(() => { for (const row of this.body.rows) row.classList.remove("was-changed"); }, 2500);
    if (calm.matches || document.hidden) return;
    let nth = 0;
    for (const row of this.body.rows) {
      const now = row.getBoundingClientRect().top;
      const then = before.get(row.dataset.group);
      const seen = (top) => top > -200 && top < innerHeight + 200;
      if (then === undefined) row.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 500 });
      else if (then !== now && (seen(then) || seen(now))) {
        const timing = { duration: 700, delay: Math.min(nth++, 10) * STAGGER, fill: "backwards", easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" };
        row.animate([{ transform: `translateY(${then - now}px)` }, { transform: "none" }], timing);
      }
    }
  }

  say(leader) {
    const says = this.section.querySelector("[data-says]");
    if (!says) return;
    const first = this.body.rows[0];
    const name = first?.querySelector(".name")?.firstElementChild?.textContent ?? "";
    says.textContent = first && first.dataset.group !== leader ? `${name} ${this.words.wordLeads}.` : this.words.wordChanged;
  }
}

if (typeof document !== "undefined") {
  for (const section of document.querySelectorAll("section[data-board][data-url]")) new Board(section).start();
}
