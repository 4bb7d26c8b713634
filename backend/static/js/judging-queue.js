// The lists of the judge's desk: each line says what of its sheet is on this device only.

import { begin, facts, outbox, short, showOutbox, store, words } from "./judging-desk.js";
import { waits } from "./judging-record.js";

function refresh() {
  showOutbox();
  for (const line of document.querySelectorAll("[data-line]")) {
    const record = store.get(line.dataset.line), tag = line.querySelector("[data-local]");
    const done = record && !waits(record) && record.base.state === "final";
    tag.hidden = !(record && (done || ((waits(record) || record.stuck) && (outbox.phase !== "sending" || record.final))));
    tag.classList.toggle("tag-alert", Boolean(record?.stuck));
    tag.textContent = tag.hidden ? "" : done ? words.handed_in.replace("{0}", record.label) : short(record);
  }
}

/** The first entry that is not already marked on this device: while there is no connection the list is an old one. */
function firstLeft() {
  const link = document.querySelector("[data-next]");
  const over = (id) => { const one = store.get(id); return one && (one.final || one.base.state === "final"); };
  const current = Number(link?.pathname.split("/").at(-2));
  if (!link || !over(current)) return;
  const next = facts.queue.find((id) => !over(id));
  if (next === undefined) link.closest("section").hidden = true;
  else {
    const line = document.querySelector(`[data-line="${next}"] a`);
    if (line) Object.assign(link, { href: line.href, textContent: line.textContent });
  }
}

begin(refresh);
firstLeft();
refresh();
