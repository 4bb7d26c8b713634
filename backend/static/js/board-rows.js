// The rows of a board: filled from data, put in order, gliding to their new place.
//
// A row is what leaderboards.queries.row_data says: {rank, place, movement, group, line, name, bracket, score, values, status, pending};
// an answer of the page's own address adds `was` (the place that movement is told from), `tied` (neighbours it cannot be told apart from,
// where the judging behind the board can tell) and, in a contest, `cells`.
// `rank` orders, `place` is shown.

const STAGGER = 12, GLIDE = 700, COUNT = 600, GLOW = 2600;
const NAMELESS = "unnamed-";
const calm = typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : { matches: true };

/** A number text for reading: "1/3" as 0.3333, several joined, nothing as a dash. The twin of the template filter `shown`. */
export function shown(value, decimals = 4) {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map((one) => shown(one)).join(", ");
  const [over, under] = String(value).split("/");
  return under && /^-?\d+$/.test(over) ? (Number(over) / Number(under)).toFixed(decimals) : String(value);
}

/** `shown`, with so many decimals. The twin of the template filter `aligned`. */
export function aligned(value, decimals) {
  const text = shown(value, decimals || undefined);
  if (!decimals || !/^-?\d+(\.\d+)?$/.test(text)) return text;
  const [whole, part = ""] = text.split(".");
  return `${whole}.${part.padEnd(decimals, "0")}`;
}

/** Places won (+) or lost (−) from `was` to `place`; "new" where there was none; null where it cannot be told. */
export function moved(place, was) {
  if (!/^\d+$/.test(place)) return null;
  if (was === "") return "new";
  return /^\d+$/.test(was) ? Number(was) - Number(place) : null;
}

export const nameOf = (row) => `${row.group}#${row.line ?? 0}`;

const made = (tag, name, text) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
};

export class Rows {
  constructor(section) {
    this.section = section;
    this.words = section.dataset;
    this.body = section.querySelector("[data-rows]");
    this.columns = section.dataset.columns.split(" ").filter(Boolean);
    this.tasks = [...section.querySelectorAll("thead .task-head > [aria-hidden]")].map((head) => head.textContent);
    this.heads = [...section.querySelectorAll("thead th:not(.place, .moved, .score, .task-head)")].slice(1);
    this.decimals = (section.dataset.decimals ?? "").trim().split(" ").map(Number);
    this.first = Number(section.dataset.first || 1);
    this.last = Number(section.dataset.last || Infinity);
  }

  /** Whether a row belongs to the part of the board that this page shows. */
  ours(row) {
    return (this.words.bracket === undefined || row.bracket === this.words.bracket) && row.rank >= this.first && row.rank <= this.last;
  }

  /** Take over changed rows, or all of them. Returns {moved, changed}; null: it takes a whole answer to know. */
  apply(message, whole) {
    const there = new Map([...this.body.rows].map((row) => [nameOf(row.dataset), row]));
    const before = new Map([...there].map(([name, row]) => [name, { top: row.getBoundingClientRect().top, rank: row.dataset.rank, shown: !row.hidden }]));
    const gone = new Set(message.gone ?? []);
    const kept = new Map(whole ? [] : [...there].filter(([, row]) => !gone.has(row.dataset.group)));
    if (!whole && there.size - kept.size > gone.size) return null; // a group with several lines lost some
    let changed = gone.size;
    const order = [];
    for (const data of message.rows) {
      const name = nameOf(data);
      if (!whole && !this.ours(data)) { kept.delete(name); continue; }
      const row = this.fill(there.get(name) ?? this.blank(), data, whole);
      if (row.dataset.changed) changed += 1;
      kept.set(name, row);
      order.push(row);
    }
    this.place(whole ? order : [...kept.values()].sort((a, b) => a.dataset.rank - b.dataset.rank));
    return { before, changed };
  }

  /** Put rows into this order, touching only those that are elsewhere; the keyboard's focus stays where it is. */
  place(rows) {
    const focus = document.activeElement;
    const keep = new Set(rows);
    for (const row of [...this.body.rows]) if (!keep.has(row)) row.remove();
    let at = this.body.firstElementChild;
    for (const row of rows) {
      if (row === at) { at = at.nextElementSibling; continue; }
      if (row.isConnected && this.body.moveBefore) this.body.moveBefore(row, at);
      else this.body.insertBefore(row, at);
    }
    if (focus && focus !== document.activeElement && this.body.contains(focus)) focus.focus({ preventScroll: true });
  }

  blank() {
    const row = made("tr");
    row.setAttribute("role", "row");
    const cell = (tag, role, name) => {
      const one = made(tag, name);
      one.setAttribute("role", role);
      row.append(one);
      return one;
    };
    cell("td", "cell", "place").append(made("span", "piece"));
    cell("td", "cell", "moved");
    const name = cell("th", "rowheader", "name");
    name.scope = "row";
    const waits = made("span", "waits"), under = made("span", "under");
    waits.hidden = under.hidden = true;
    name.append(made("span"), waits, under);
    for (const task of this.tasks) cell("td", "cell", "task task-none").dataset.label = task;
    this.heads.forEach((head) => { cell("td", "cell", `cell ${head.classList.contains("words") ? "words" : "n"}`).dataset.label = head.textContent.trim(); });
    cell("td", "cell", "score");
    return row;
  }

  fill(row, data, whole) {
    row.id = `g-${data.group}${data.line ? `-${data.line}` : ""}`;
    delete row.dataset.changed;
    Object.assign(row.dataset, { group: data.group, line: data.line ?? 0, rank: data.rank, place: data.place });
    if (data.was !== undefined) row.dataset.was = data.was;
    const told = this.words.since === undefined || whole ? data.movement : row.dataset.was === undefined ? null : moved(data.place, row.dataset.was);
    const why = this.words[{ unscored: "wordUnscored", withdrawn: "wordWithdrawn", disqualified: "wordDisqualified" }[data.status]] ?? "";
    row.classList.toggle("is-mine", Boolean(this.words.mine) && data.group === this.words.mine);
    row.classList.toggle("is-out", Boolean(why));
    row.classList.toggle("is-cut", Boolean(this.words.cut) && String(data.rank) === this.words.cut);
    row.querySelector(".piece").textContent = shown(data.place);
    if (data.tied !== undefined) this.fillTied(row.querySelector(".place"), data.tied);
    row.querySelector(".moved").replaceChildren(...this.movement(told));
    if (told) this.section.classList.remove("board-still");
    this.fillName(row.querySelector(".name"), data, why);
    if (data.cells) row.querySelectorAll(".task").forEach((cell, i) => this.fillTask(cell, data.cells[i]));
    row.querySelectorAll(".cell").forEach((cell, i) => {
      const value = data.values?.[this.columns[i]] ?? null;
      cell.textContent = aligned(value, this.decimals[i]);
      cell.classList.toggle("cell-none", value === null);
    });
    const score = row.querySelector(".score"), text = aligned(data.score, this.decimals.at(-1));
    const before = score.dataset.text ?? score.textContent;
    if (before !== text) {
      row.dataset.changed = before;
      score.dataset.text = text;
      score.textContent = text;
    }
    return row;
  }

  fillName(cell, data, why) {
    const link = this.words.groupUrl && !data.group.startsWith(NAMELESS);
    const href = link ? this.words.groupUrl.replace("~", encodeURIComponent(data.group)) : null;
    let title = cell.firstElementChild;
    if ((title.tagName === "A") !== Boolean(link)) { title.replaceWith(made(link ? "a" : "span")); title = cell.firstElementChild; }
    if (link && title.getAttribute("href") !== href) title.href = href;
    if (title.textContent !== data.name) title.textContent = data.name;
    const waits = cell.querySelector(".waits"), under = cell.querySelector(".under");
    waits.hidden = !data.pending || Boolean(why);
    if (!waits.hidden) waits.replaceChildren(String(data.pending), made("span", "visually-hidden", ` ${this.words.wordPending}`));
    under.textContent = why;
    under.hidden = !why;
  }

  fillTied(cell, number) {
    const words = number === 1 ? this.words.wordTiedOne : this.words.wordTied.replace("#", number);
    const there = cell.querySelector(".tied");
    if ((there?.title ?? "") === (number ? words : "")) return;
    there?.remove();
    if (!number) return;
    const sign = made("span", "tied"), mark = made("span", "", "≈");
    mark.setAttribute("aria-hidden", "true");
    sign.title = words;
    sign.append(mark, made("span", "visually-hidden", ` ${words}`));
    cell.append(sign);
  }

  fillTask(cell, data) {
    const text = `${data.state} ${data.words}`;
    if (cell.dataset.text === text) return;
    cell.dataset.text = text;
    cell.className = `task task-${data.state}`;
    if (!data.text) return void cell.replaceChildren();
    const mark = made("span", "task-mark", data.text);
    mark.setAttribute("aria-hidden", "true");
    if (data.more) mark.append(made("small", "", data.more));
    cell.replaceChildren(mark, made("span", "visually-hidden", data.words));
  }

  movement(move) {
    if (move === null || move === undefined || move === "") return [];
    const kind = move === "new" ? "new" : move > 0 ? "up" : move < 0 ? "down" : "same";
    const sign = made("span", `move move-${kind}`);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${this.words.icons}#${kind}`);
    svg.append(use);
    const word = this.words[{ new: "wordNew", up: "wordUp", down: "wordDown", same: "wordSame" }[kind]];
    sign.append(svg, made("span", kind === "new" ? "" : "visually-hidden", kind === "new" ? word : `${word} `));
    if (kind === "up" || kind === "down") sign.append(String(Math.abs(move)));
    return [sign];
  }

  /** Each row starts where it was seen last and glides to where it stands now; rows out of sight do not move. Changed numbers count. */
  glide(before) {
    const tops = new Map([...this.body.rows].map((row) => [row, row.getBoundingClientRect().top]));
    const still = calm.matches || document.hidden;
    let nth = 0;
    for (const [row, now] of tops) {
      if (row.hidden) continue;
      const was = before.get(nameOf(row.dataset));
      if (was && was.rank !== row.dataset.rank) this.glow(row);
      if (row.dataset.changed !== undefined && !still) count(row.querySelector(".score"), row.dataset.changed);
      delete row.dataset.changed;
      if (still) continue;
      const seen = (top) => top > -200 && top < innerHeight + 200;
      if (was === undefined || !was.shown) row.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 500 });
      else if (Math.abs(was.top - now) > 1 && (seen(was.top) || seen(now))) {
        const timing = { duration: GLIDE, delay: Math.min(nth++, 10) * STAGGER, fill: "backwards", easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" };
        row.animate([{ transform: `translateY(${was.top - now}px)` }, { transform: "none" }], timing);
      }
    }
  }

  glow(row) {
    clearTimeout(row.glowing);
    row.classList.remove("did-move");
    void row.offsetWidth; // so that the light begins anew
    row.classList.add("did-move");
    row.glowing = setTimeout(() => row.classList.remove("did-move"), GLOW);
  }
}

/** A number runs quietly from what it was to what it is. The text that stays is the one the server gave. */
function count(cell, from) {
  const text = cell.textContent, start = Number(from), end = Number(text);
  if (from === "" || Number.isNaN(start) || Number.isNaN(end) || from === "–") return;
  const decimals = (text.split(".")[1] ?? "").length, begun = performance.now();
  const step = (now) => {
    if (cell.dataset.text !== text) return;
    const share = Math.min((now - begun) / COUNT, 1);
    cell.textContent = share === 1 ? text : (start + (end - start) * (1 - (1 - share) ** 3)).toFixed(decimals);
    if (share < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
