// A board that moves by itself.
//
// Socket: each message is one delta, {board, key, version, from, rows, gone}; `rows` holds changed rows only, `gone` the groups that left.
// A message whose `from` is not the version on the page means that one was missed: the page's rows are then fetched once, after a random
// wait so that a hall full of phones does not ask at the same moment. Without a socket the page polls with the ETag of its last answer.
// A row is what leaderboards.queries.row_data says: {rank, place, movement, group, line, name, bracket, score, values, status, pending};
// `rank` orders, `place` is shown. The answer of `data-url` is {board, version, rows} with every row of the page.

const POLL = 10_000, JITTER = 2_000, PATIENCE = 30_000, STAGGER = 12;
const calm = typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : { matches: true };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** What to do with a message when the page shows `version`: "apply", "skip" (already known) or "fetch" (one was missed). */
export function verdict(version, message) {
  if (message.version <= version) return "skip";
  return message.from === version ? "apply" : "fetch";
}

/** A number text for reading: "1/3" as 0.3333, several joined, nothing as a dash. The twin of the template filter `shown`. */
export function shown(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map(shown).join(", ");
  const [over, under] = String(value).split("/");
  return under ? (Number(over) / Number(under)).toFixed(4) : over;
}

/** `shown`, with zeros added up to so many decimals. The twin of the template filter `aligned`. */
export function aligned(value, decimals) {
  const text = shown(value);
  if (!decimals || !/^-?\d+(\.\d+)?$/.test(text)) return text;
  const [whole, part = ""] = text.split(".");
  return `${whole}.${part.padEnd(decimals, "0")}`;
}

const nameOf = (row) => `${row.group}#${row.line ?? 0}`;

class Board {
  constructor(section) {
    this.section = section;
    this.body = section.querySelector("[data-rows]");
    this.words = section.dataset;
    this.version = Number(section.dataset.version);
    this.etag = null;
    this.linked = false;
    this.columns = section.dataset.columns.split(" ").filter(Boolean);
    this.labels = [...section.querySelectorAll("thead th")].slice(3, -1).map((head) => head.textContent.trim());
    this.decimals = (section.dataset.decimals ?? "").split(" ").map(Number);
    this.first = Number(section.dataset.first || 1);
    this.last = Number(section.dataset.last || Infinity);
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
    socket.addEventListener("open", () => { this.tries = 0; this.show(true); });
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

  /** Whether a row belongs to the part of the board that this page shows. */
  ours(row) {
    return (this.words.bracket === undefined || row.bracket === this.words.bracket) && row.rank >= this.first && row.rank <= this.last;
  }

  apply(message, whole) {
    const there = new Map([...this.body.rows].map((row) => [nameOf(row.dataset), row]));
    const before = new Map([...there].map(([name, row]) => [name, row.getBoundingClientRect().top]));
    const leader = this.body.rows[0]?.dataset.group;
    const gone = new Set(message.gone ?? []);
    const kept = new Map(whole ? [] : [...there].filter(([, row]) => !gone.has(row.dataset.group)));
    if (!whole && there.size - kept.size > gone.size) return void this.catchUp(); // a group with several lines lost some: ask for all
    for (const data of message.rows) {
      if (this.ours(data)) kept.set(nameOf(data), this.fill(there.get(nameOf(data)) ?? this.blank(), data));
      else kept.delete(nameOf(data));
    }
    this.body.replaceChildren(...[...kept.values()].sort((a, b) => a.dataset.rank - b.dataset.rank));
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
    for (const label of this.labels) cell("td", "cell", "cell n").dataset.label = label;
    cell("td", "cell", "score");
    return row;
  }

  fill(row, data) {
    row.id = `g-${data.group}${data.line ? `-${data.line}` : ""}`;
    Object.assign(row.dataset, { group: data.group, line: data.line ?? 0, rank: data.rank, place: data.place });
    const why = this.words[{ unscored: "wordUnscored", withdrawn: "wordWithdrawn", disqualified: "wordDisqualified" }[data.status]] ?? "";
    row.classList.toggle("is-mine", Boolean(this.words.mine) && data.group === this.words.mine);
    row.classList.toggle("is-out", Boolean(why));
    row.classList.toggle("is-cut", String(data.rank) === this.words.cut);
    row.querySelector(".piece").textContent = shown(data.place);
    row.querySelector(".moved").replaceChildren(...this.movement(data.movement));
    const name = row.querySelector(".name");
    const linked = this.words.groupUrl && !data.group.startsWith("unnamed-"); // who keeps the name back has no page to lead to
    const title = document.createElement(linked ? "a" : "span");
    if (linked) title.href = this.words.groupUrl.replace("~", encodeURIComponent(data.group));
    title.textContent = data.name;
    name.firstElementChild.replaceWith(title);
    const under = name.querySelector(".under");
    under.textContent = why || (data.pending ? `${data.pending} ${this.words.wordPending}` : "");
    under.hidden = !under.textContent;
    row.querySelectorAll(".cell").forEach((cell, i) => {
      const value = data.values?.[this.columns[i]] ?? null;
      cell.textContent = aligned(value, this.decimals[i]);
      cell.classList.toggle("cell-none", value === null);
    });
    const score = row.querySelector(".score");
    const text = aligned(data.score, this.decimals.at(-1));
    if (score.textContent && score.textContent !== text) row.classList.add("was-changed");
    score.textContent = text;
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
      const then = before.get(nameOf(row.dataset));
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
