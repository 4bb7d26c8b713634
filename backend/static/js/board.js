// A board that moves by itself: what changed glides, one's own row stays in sight, and a screen reader hears one short sentence.
import { Link, asked } from "./board-link.js";
import { Rows, shown } from "./board-rows.js";

const QUIET = 4_000; // between two sentences

class Board {
  constructor(section) {
    this.section = section;
    this.words = section.dataset;
    this.rows = new Rows(section);
    this.spoken = 0;
    const shape = this.words.sorted !== undefined; // other order than the places: deltas do not tell where a row belongs
    this.link = new Link({
      board: this.words.board,
      socket: this.words.socket,
      version: Number(this.words.version),
      whole: this.words.again !== undefined,
      fetchAll: (etag) => asked(this.words.url, etag),
      heard: (message, whole) => (shape && !whole ? true : this.take(message, whole)),
      state: (word) => this.show(word),
    });
  }

  start() { this.link.start(); }

  show(word) {
    this.section.dataset.link = word;
    const mark = this.section.querySelector("[data-live]");
    if (!mark) return;
    mark.querySelector("[data-live-word]").textContent = { live: this.words.wordLive, behind: this.words.wordBehind, poll: this.words.wordPoll, lost: this.words.wordLost }[word];
  }

  take(message, whole) {
    const leader = this.rows.body.rows[0]?.dataset.group;
    const mine = this.own()?.dataset.place;
    const done = this.rows.apply(message, whole);
    if (done === null) return false;
    this.section.dataset.version = String(message.version);
    this.rows.glide(done.before);
    if (done.changed || this.own()?.dataset.place !== mine) this.say(leader, mine, done.changed);
    this.section.dispatchEvent(new CustomEvent("board:changed", { bubbles: true, detail: { version: message.version, rows: message.rows } }));
    return true;
  }

  own() {
    return this.words.mine ? [...this.rows.body.rows].find((row) => row.dataset.group === this.words.mine) : undefined;
  }

  /** One short sentence: our own place if it changed, else who leads now, else how many rows changed. */
  say(leader, before, changed) {
    const says = this.section.querySelector("[data-says]");
    if (!says) return;
    const nameIn = (row) => row?.querySelector(".name")?.firstElementChild?.textContent ?? "";
    const first = this.rows.body.rows[0], own = this.own();
    const sentence = () => {
      if (own && before !== undefined && own.dataset.place !== before) return `${nameIn(own)}: ${this.words.wordStands} ${shown(own.dataset.place)}.`;
      if (first && first.dataset.group !== leader) return `${nameIn(first)} ${this.words.wordLeads}.`;
      return changed === 1 ? this.words.wordOne : changed ? this.words.wordMany.replace("#", changed) : this.words.wordChanged;
    };
    const now = Date.now(), wait = Math.max(0, this.spoken + QUIET - now);
    this.spoken = now + wait;
    clearTimeout(this.saying);
    const words = sentence();
    this.saying = setTimeout(() => { says.textContent = words; }, wait);
  }
}

/** The strip at the foot of the window that repeats one's own row while that row is out of sight. */
class Own {
  constructor(strip, section) {
    this.strip = strip;
    this.section = section;
    this.key = strip.dataset.own;
    this.watch = new IntersectionObserver((seen) => { for (const one of seen) this.show(!one.isIntersecting); }, { rootMargin: "0px 0px -16px 0px" });
    this.find();
    document.addEventListener("board:changed", (event) => this.follow(event.detail.rows));
  }

  find() {
    const row = [...this.section.querySelectorAll("[data-rows] > tr")].find((one) => one.dataset.group === this.key);
    if (row === this.row && row) return;
    this.watch.disconnect();
    this.row = row;
    if (row) this.watch.observe(row);
    else this.show(true);
  }

  show(out) {
    this.strip.hidden = !out;
    document.body.classList.toggle("has-own-row", out);
    const go = this.strip.querySelector("[data-own-go]");
    if (this.row && go) go.href = `#${this.row.id}`;
  }

  follow(rows) {
    const data = rows?.find((row) => row.group === this.key);
    this.find();
    if (!data) return;
    this.strip.querySelector("[data-own-place]").textContent = shown(data.place);
    const score = this.row?.querySelector(".score")?.dataset.text;
    this.strip.querySelector("[data-own-score]").textContent = score ?? shown(data.score);
  }
}

for (const section of document.querySelectorAll("section[data-board]")) if (section.dataset.url) new Board(section).start();
const strip = document.querySelector("[data-own]"), board = document.querySelector("section[data-board]");
if (strip && board && "IntersectionObserver" in globalThis) new Own(strip, board);
const track = document.querySelector(".versions-track"), here = track?.querySelector("[aria-current]") ?? track?.lastElementChild;
if (track && here) track.scrollLeft = here.offsetLeft - track.clientWidth / 2;
