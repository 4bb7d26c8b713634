// Scores over time as a lively picture: drawn by uPlot over the still one that the page came with, asked for again when the board changes.
import { asked, pause } from "./board-link.js";

const JITTER = 2_000, NAMES = 150, GAP = 18;
const WIDTHS = { mine: 3, top: 2, quiet: 1.25 };

/** Move positions as little as needed so that neighbours are `gap` apart between low and high. The twin of geometry.spread. */
export function spread(wanted, gap, low, high) {
  const count = wanted.length, step = Math.min(gap, (high - low) / Math.max(count - 1, 1));
  const order = wanted.map((_value, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed = [];
  for (const i of order) placed.push(Math.max(wanted[i], placed.length ? placed.at(-1) + step : low));
  for (let i = count - 1, most = high; i >= 0; i -= 1) { placed[i] = Math.min(placed[i], most); most = placed[i] - step; }
  const found = [];
  order.forEach((i, n) => { found[i] = placed[n]; });
  return found;
}

class Lines {
  constructor(figure) {
    this.figure = figure;
    this.box = figure.querySelector("[data-picture]");
    this.legend = figure.querySelector("[data-legend]");
    this.etag = null;
  }

  async start() {
    await this.fetch();
    if (!this.data) return;
    this.box.hidden = this.legend.hidden = false;
    this.figure.classList.add("is-lively");
    this.draw();
    new ResizeObserver(() => this.resize()).observe(this.box);
    const again = () => this.draw();
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    if (this.figure.dataset.socket) this.listen(0);
  }

  async fetch() {
    const answer = await asked(this.figure.dataset.lines, this.etag).catch(() => null);
    if (answer) { this.etag = answer.etag; this.data = answer.body; }
    return Boolean(answer);
  }

  listen(tries) {
    const address = new URL(this.figure.dataset.socket, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    let waiting = false;
    socket.addEventListener("open", () => { tries = 0; });
    socket.addEventListener("message", async () => {
      if (waiting) return;
      waiting = true;
      await pause(500 + Math.random() * JITTER);
      waiting = false;
      if (await this.fetch()) this.draw();
    });
    socket.addEventListener("close", async () => { await pause(Math.min(30_000, 1000 * 2 ** tries)); this.listen(tries + 1); });
  }

  tone(name) {
    const style = getComputedStyle(document.documentElement);
    return style.getPropertyValue({ mine: "--accent", top: "--ink", quiet: "--line-strong", soft: "--ink-soft", grid: "--line" }[name]).trim();
  }

  draw() {
    this.plot?.destroy();
    const { series, unit, x } = this.data, wide = this.box.clientWidth > 520;
    const order = [...series].sort((a, b) => Object.keys(WIDTHS).indexOf(b.tone) - Object.keys(WIDTHS).indexOf(a.tone));
    const stepped = uPlot.paths.stepped({ align: 1 });
    const axis = { stroke: this.tone("soft"), font: "14px Atkinson Next, sans-serif", grid: { stroke: this.tone("grid"), width: 1 }, ticks: { show: false } };
    this.drawn = order;
    this.plot = new uPlot({
      width: this.box.clientWidth, height: this.height(),
      padding: [12, wide ? NAMES : 12, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { setScale: false }, focus: { prox: 40 }, points: { size: 7 } },
      focus: { alpha: 0.35 },
      scales: { x: { time: false } },
      axes: [{ ...axis, grid: { show: false } }, { ...axis, size: 52 }],
      series: [{ label: unit }, ...order.map((one) => ({ label: one.name, stroke: this.tone(one.tone), width: WIDTHS[one.tone], paths: stepped, points: { show: false }, spanGaps: true }))],
      hooks: { draw: wide ? [(plot) => this.names(plot)] : [], setCursor: [(plot) => this.tell(plot)], setSeries: [(plot) => this.tell(plot)] },
    }, [x, ...order.map((one) => one.y)], this.box);
    this.tell(this.plot);
  }

  height() { return this.box.clientWidth > 520 ? 380 : 300; }

  resize() {
    if (this.plot && Math.abs(this.plot.width - this.box.clientWidth) > 2) this.draw();
  }

  /** The names at the ends of their lines, moved apart. */
  names(plot) {
    const { ctx, bbox } = plot, ratio = devicePixelRatio;
    const last = (values) => values.findLast((value) => value !== null);
    const ends = this.drawn.map((one) => plot.valToPos(last(one.y), "y", true));
    const at = spread(ends, GAP * ratio, bbox.top + 6, bbox.top + bbox.height);
    ctx.save();
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    this.drawn.forEach((one, i) => {
      const x = bbox.left + bbox.width;
      ctx.strokeStyle = ctx.fillStyle = this.tone(one.tone === "quiet" ? "soft" : one.tone);
      ctx.lineWidth = ratio;
      ctx.beginPath(); ctx.moveTo(x + 2 * ratio, ends[i]); ctx.lineTo(x + 10 * ratio, at[i]); ctx.stroke();
      ctx.font = `${one.tone === "quiet" ? 400 : 650} ${14 * ratio}px Atkinson Next, sans-serif`;
      ctx.fillText(this.short(ctx, one.name, (NAMES - 18) * ratio), x + 14 * ratio, at[i]);
    });
    ctx.restore();
  }

  short(ctx, name, room) {
    if (ctx.measureText(name).width <= room) return name;
    let cut = name;
    while (cut.length > 3 && ctx.measureText(`${cut}…`).width > room) cut = cut.slice(0, -1);
    return `${cut.trimEnd()}…`;
  }

  /** What stands at the pointer, in words. */
  tell(plot) {
    const at = plot.cursor.idx ?? this.data.x.length - 1, there = this.data.x[at];
    const rows = this.data.series.map((one) => ({ name: one.name, value: one.y[at], tone: one.tone })).filter((one) => one.value !== null);
    const parts = rows.map((one) => {
      const item = Object.assign(document.createElement("span"), { className: `legend-item tone-${one.tone}`, textContent: one.name });
      item.append(Object.assign(document.createElement("b"), { textContent: ` ${Number(one.value.toFixed(4))}` }));
      return item;
    });
    const when = Object.assign(document.createElement("span"), { className: "legend-when", textContent: `${Number(there.toFixed(1))} ${this.data.unit}` });
    this.legend.replaceChildren(when, ...parts);
  }
}

for (const figure of document.querySelectorAll("[data-lines]")) if (globalThis.uPlot) new Lines(figure).start();
