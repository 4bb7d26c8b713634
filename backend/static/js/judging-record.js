// What one browser knows of one sheet: what the server said last (base), what was typed since (edits), and whether it is to be handed in.
//
// A record is written to localStorage at every keystroke, under its user and sheet, before anything is sent: a page that dies, a phone that
// sleeps or a lost connection takes nothing with it. Fields are named as in the form: mark-KEY, remark-KEY, comment, note.
//
// {sheet, label, base: {revision, state, values}, edits: {field: text}, clash: {field: theirs}, faults: {field: words},
//  final: asked to be handed in, stuck: why it cannot be saved, at: time of the last change, saved: time of the last save}

const PREFIX = "ludus:judging:", KEPT_FOR = 14 * 24 * 3600_000;
export const ABSENT = "absent";

/** A text as it is compared: 3,50 and 3.5 are one mark, line ends of all kinds are one. */
export function normal(field, text) {
  const plain = String(text ?? "").replaceAll("\r\n", "\n");
  if (!field.startsWith("mark-")) return plain;
  const mark = plain.trim().replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(mark)) return mark;
  const [whole, part = ""] = mark.replace(/^\+/, "").split(".");
  const digits = part.replace(/0+$/, "");
  const front = whole.replace(/^(-?)0+(?=\d)/, "$1") || "0";
  return digits ? `${front}.${digits}` : front;
}

const fill = (words, ...values) => values.reduce((text, value, i) => text.replaceAll(`{${i}}`, value), words);

/** What is wrong with a mark, in words; empty if nothing. The server has the last word: fractions are left to it. */
export function fault(criterion, text, words) {
  const mark = normal("mark-", text);
  if (mark === "" || mark === ABSENT || mark.includes("/")) return "";
  if (!/^-?\d+(\.\d+)?$/.test(mark)) return words.no_number;
  const value = Number(mark), of = (name) => (criterion[name] === null || criterion[name].includes("/") ? null : Number(criterion[name]));
  if (value === of("not_marked")) return "";
  if (of("min") !== null && value < of("min")) return fill(words.too_low, criterion.min);
  if (of("max") !== null && value > of("max")) return fill(words.too_high, criterion.max);
  if (criterion.values && !criterion.values.some((one) => Number(one) === value)) return fill(words.not_among, criterion.values.join(", "));
  if (of("step")) {
    const steps = (value - (of("min") ?? 0)) / of("step");
    if (Math.abs(steps - Math.round(steps)) > 1e-6) return fill(words.off_step, criterion.step);
  }
  return "";
}

/** A record for a sheet as the page tells of it. */
export const blank = ({ id, label, revision, state, values, saved = 0 }) => ({
  sheet: id, label, base: { revision, state, values: { ...values } }, edits: {}, clash: {}, faults: {}, final: false, stuck: "", at: 0, saved,
});

/** The record on top of what the server says now. What only one side changed is taken over; what both changed differently is a clash. */
export function rebased(record, server) {
  const edits = {}, clash = {};
  for (const [field, mine] of Object.entries(record.edits)) {
    const now = normal(field, server.values[field]), was = normal(field, record.base.values[field]);
    if (normal(field, mine) === now) continue;
    edits[field] = mine;
    if (now !== was) clash[field] = server.values[field] ?? "";
    else if (field in record.clash) clash[field] = record.clash[field];
  }
  return { ...record, edits, clash, base: { revision: server.revision, state: server.state, values: { ...server.values } } };
}

/** A field was typed into. What is as the server has it is no edit. */
export function edited(record, field, text) {
  const next = { ...record, edits: { ...record.edits }, clash: { ...record.clash }, faults: { ...record.faults }, stuck: "", at: Date.now() };
  delete next.faults[field];
  if (normal(field, text) === normal(field, record.base.values[field])) delete next.edits[field];
  else next.edits[field] = text;
  if (!(field in next.edits)) delete next.clash[field];
  return next;
}

/** What a field says on this device. */
export const valueOf = (record, field) => record.edits[field] ?? record.base.values[field] ?? "";

/** The fields that can be sent: changed here, neither refused nor in doubt. A mark and its remark travel together. */
export function sendable(record) {
  if (record.stuck) return [];
  const held = (field) => field in record.clash || field in record.faults;
  const other = (field) => (field.startsWith("mark-") ? `remark-${field.slice(5)}` : field.startsWith("remark-") ? `mark-${field.slice(7)}` : field);
  return Object.keys(record.edits).filter((field) => !held(field) && !held(other(field)));
}

export const troubled = (record) => Object.keys(record.clash).length > 0 || Object.keys(record.faults).length > 0;
/** Whether something of this sheet is on this device only. */
export const waits = (record) => record.final || Object.keys(record.edits).length > 0;

/** The body of a save: the fields named, on the revision that this browser knows. */
export function bodyOf(record, fields) {
  const body = { revision: record.base.revision, marks: [] };
  const keys = new Set(fields.filter((field) => /^(re)?mark-/.test(field)).map((field) => field.slice(field.indexOf("-") + 1)));
  for (const key of keys) {
    const mark = normal("mark-", valueOf(record, `mark-${key}`)), comment = valueOf(record, `remark-${key}`);
    body.marks.push(mark === ABSENT ? { criterion: key, value: null, state: ABSENT, comment } : { criterion: key, value: mark || null, comment });
  }
  for (const field of ["comment", "note"]) if (fields.includes(field)) body[field] = record.edits[field];
  return body;
}

/** What the API says of a sheet, as the page's facts say it. */
export function served(sheet) {
  const values = { comment: sheet.comment, note: sheet.note };
  for (const mark of sheet.marks) {
    values[`mark-${mark.criterion}`] = mark.state === ABSENT ? ABSENT : mark.value ?? "";
    values[`remark-${mark.criterion}`] = mark.comment;
  }
  return { revision: sheet.revision, state: sheet.state, values };
}

/** The records of one user in this browser. Where the browser keeps nothing (`keeps` is false), they last as long as the page. */
export class Store {
  constructor(user, storage = safe()) {
    this.prefix = `${PREFIX}${user}:`;
    this.storage = storage;
    this.memory = new Map();
    this.keeps = Boolean(storage);
  }

  get(sheet) {
    const name = this.prefix + sheet;
    if (this.memory.has(name)) return this.memory.get(name);
    try { return JSON.parse(this.storage?.getItem(name) ?? "null"); } catch { return null; }
  }

  put(record) {
    const name = this.prefix + record.sheet;
    try {
      if (!this.storage) throw new Error("nothing to write on");
      this.storage.setItem(name, JSON.stringify(record));
      this.memory.delete(name);
      this.keeps = true;
    } catch {
      this.memory.set(name, record);
      this.keeps = false;
    }
  }

  drop(sheet) {
    this.memory.delete(this.prefix + sheet);
    this.storage?.removeItem(this.prefix + sheet);
  }

  all() {
    const names = new Set(this.memory.keys());
    for (let i = 0; i < (this.storage?.length ?? 0); i++) if (this.storage.key(i).startsWith(this.prefix)) names.add(this.storage.key(i));
    return [...names].map((name) => this.get(name.slice(this.prefix.length))).filter(Boolean).sort((a, b) => a.at - b.at);
  }

  /** Forget what is on the server anyway: what was not touched for long, and all that somebody else left here. */
  tidy() {
    for (const one of this.all()) if (!waits(one) && Date.now() - Math.max(one.at, one.saved) > KEPT_FOR) this.drop(one.sheet);
    const names = Array.from({ length: this.storage?.length ?? 0 }, (_, i) => this.storage.key(i));
    for (const name of names.filter((one) => one.startsWith(PREFIX) && !this.owns(one) && /:\d+:\d+$/.test(one))) {
      try { if (!waits(JSON.parse(this.storage.getItem(name)))) this.storage.removeItem(name); } catch { this.storage.removeItem(name); }
    }
  }

  owns(name) { return name === null || name.startsWith(this.prefix); }
}

function safe() {
  try {
    localStorage.setItem(`${PREFIX}?`, "1");
    localStorage.removeItem(`${PREFIX}?`);
    return localStorage;
  } catch { return null; }
}

export { fill };
