// A board on the wall: as many rows as fit, the next ones after a while, over and over; what changes glides.
// Keys: right and left page, space pauses, f fills the screen, l swaps light and dark, q hides and shows the QR code, Home goes to the first page.
import { Link, asked } from "./board-link.js";
import { Rows } from "./board-rows.js";

const body = document.body, params = new URLSearchParams(location.search);
const EVERY = Math.min(Math.max(Number(params.get("every")) || 12, 4), 120) * 1000;
const STILL = 3_000, RETRY = 30_000;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Hall {
  constructor(section) {
    this.section = section;
    this.rows = new Rows(section);
    Object.assign(this.rows, { first: 1, last: Infinity });
    this.pages = Number(body.dataset.pages || 1);
    this.slide = 0;
    this.hairline = document.querySelector("[data-hairline]");
    this.lost = document.querySelector("[data-lost]");
    this.link = new Link({
      board: section.dataset.board,
      socket: section.dataset.socket,
      version: Number(section.dataset.version),
      whole: section.dataset.again !== undefined,
      fetchAll: () => this.everything(),
      heard: (message, whole) => this.take(message, whole),
      state: (word) => this.state(word),
    });
  }

  async start() {
    this.controls();
    this.lay();
    addEventListener("resize", () => this.lay());
    document.fonts?.ready.then(() => this.lay());
    if (!this.section.dataset.url) return void this.play();
    if (this.pages > 1) {
      const all = await this.everything().catch(() => null);
      if (all) { this.rows.apply(all.body, true); this.lay(); }
    }
    this.link.start();
    this.play();
  }

  /** All pages as one answer; a hall sees all rows, so it asks for all of them. */
  async everything() {
    const at = (page) => { const url = new URL(this.section.dataset.url, location.href); url.searchParams.set("page", page); return url; };
    const first = await asked(at(1));
    if (!first) return null;
    const more = Math.min(first.body.pages, 6);
    const rest = await Promise.all(Array.from({ length: more - 1 }, (_none, i) => asked(at(i + 2))));
    return { etag: null, body: { ...first.body, rows: [first, ...rest].flatMap((one) => one?.body.rows ?? []) } };
  }

  take(message, whole) {
    const done = this.rows.apply(message, whole);
    if (done === null) return false;
    this.lay(true);
    this.rows.glide(done.before);
    return true;
  }

  state(word) {
    this.section.dataset.link = word;
    this.lost.hidden = word !== "lost";
    this.lost.textContent = word === "lost" ? body.dataset.wordLost : "";
  }

  /** How many rows fit, and which of them are shown now. */
  lay(quiet = false) {
    const rows = [...this.rows.body.rows];
    if (!rows.length) return;
    for (const row of rows) row.hidden = false;
    if (!quiet) { this.narrow(rows); this.grow(rows); }
    const top = this.rows.body.getBoundingClientRect().top;
    const room = document.querySelector(".hall-hairline").getBoundingClientRect().top - top - 8;
    const height = Math.max(...rows.slice(0, 12).map((row) => row.getBoundingClientRect().height));
    this.fit = Math.max(1, Math.floor(room / height));
    this.slides = Math.ceil(rows.length / this.fit);
    this.show(Math.min(this.slide, this.slides - 1), quiet);
  }

  /** The names and the total must be read: of many rounds the oldest step back until both have room, in a contest what decides last. */
  narrow(rows) {
    const table = this.section.querySelector("table"), heads = this.rows.heads;
    const columns = (row) => row.querySelectorAll(".cell");
    const hide = (i, hidden) => { heads[i].hidden = hidden; for (const row of rows) columns(row)[i].hidden = hidden; };
    heads.forEach((_head, i) => hide(i, false));
    const tight = () => table.scrollWidth > this.section.clientWidth + 1 || rows[0].querySelector(".name").clientWidth < this.section.clientWidth * 0.3;
    const order = heads.map((_head, i) => i);
    if (this.rows.tasks.length) order.reverse(); // beside tasks stand the steps of the order, the deciding one first
    for (const i of order.slice(0, -1)) if (tight()) hide(i, true);
  }

  /** Few rows are written larger, up to twice, so that a short board fills the wall. */
  grow(rows) {
    const size = (few) => body.style.setProperty("--few", String(few));
    size(1);
    const room = document.querySelector(".hall-hairline").getBoundingClientRect().top - this.rows.body.getBoundingClientRect().top - 8;
    const tall = rows.reduce((sum, row) => sum + row.getBoundingClientRect().height, 0);
    const wide = this.section.querySelector("table").scrollWidth > this.section.clientWidth + 1;
    if (wide || tall * 1.1 >= room) return;
    for (const few of [2, 1.75, 1.5, 1.25]) {
      size(few);
      const table = this.section.querySelector("table"), bottom = this.rows.body.getBoundingClientRect().bottom;
      if (bottom < document.querySelector(".hall-hairline").getBoundingClientRect().top - 8 && table.scrollWidth <= this.section.clientWidth + 1) return;
    }
    size(1);
  }

  show(slide, quiet = false) {
    this.slide = (slide + this.slides) % this.slides;
    const start = this.slide * this.fit;
    [...this.rows.body.rows].forEach((row, i) => {
      row.hidden = i < start || i >= start + this.fit;
      if (!row.hidden && !quiet && !calm.matches) row.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 450, delay: (i - start) * 25, fill: "backwards" });
    });
    const text = document.querySelector("[data-page-text]");
    if (text) text.textContent = `${this.slide + 1} / ${this.slides}`;
    body.classList.toggle("has-one-page", this.slides === 1);
  }

  turn(by) { this.show(this.slide + by); this.play(); }

  /** The hairline grows while a page stands, and turns the page when it is full. */
  play() {
    this.running?.cancel();
    if (!this.hairline || this.slides < 2) return;
    this.running = this.hairline.animate([{ transform: "scaleX(0)" }, { transform: "scaleX(1)" }], { duration: EVERY, easing: calm.matches ? "steps(6)" : "linear" });
    this.running.onfinish = () => this.turn(1);
    if (this.paused) this.running.pause();
  }

  hold() {
    this.paused = !this.paused;
    document.querySelector('[data-do="pause"]')?.setAttribute("aria-pressed", String(this.paused));
    body.classList.toggle("is-paused", this.paused);
    if (this.paused) this.running?.pause();
    else if (this.running) this.running.play();
  }

  /** The QR code goes, so that more rows fit, or comes back. */
  code() {
    const code = document.querySelector("[data-code]");
    code.hidden = !code.hidden;
    document.querySelector('[data-do="code"]')?.setAttribute("aria-pressed", String(!code.hidden));
    this.lay();
  }

  controls() {
    const bar = document.querySelector("[data-controls]");
    bar.hidden = false;
    const deeds = {
      on: () => this.turn(1),
      back: () => this.turn(-1),
      pause: () => this.hold(),
      full: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.().catch(() => {})),
      light: () => { const root = document.documentElement; root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark"; },
      code: () => this.code(),
      first: () => { this.show(0); this.play(); },
    };
    const keys = { ArrowRight: "on", PageDown: "on", ArrowLeft: "back", PageUp: "back", " ": "pause", f: "full", F: "full", l: "light", L: "light", q: "code", Q: "code", Home: "first" };
    bar.addEventListener("click", (event) => deeds[event.target.closest("[data-do]")?.dataset.do]?.());
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
      if (event.key === " " && event.target.closest?.("button, a")) return;
      event.preventDefault();
      deeds[keys[event.key]]();
    });
    let still;
    const wake = () => { body.classList.remove("is-still"); clearTimeout(still); still = setTimeout(() => body.classList.add("is-still"), STILL); };
    for (const kind of ["pointermove", "keydown", "focusin"]) addEventListener(kind, wake);
    wake();
  }
}

const section = document.querySelector("section[data-board]");
if (section) new Hall(section).start();
else setTimeout(() => location.reload(), RETRY);
