// The desk by keyboard. A key does something only when it would not write, and only as long as the judge wants it so.

const PAUSE = 900, SWITCH = "ludus:judging:keys";

const writes = (element) => element?.isContentEditable || element?.tagName === "TEXTAREA" || element?.tagName === "SELECT" || (element?.tagName === "INPUT" && !["radio", "checkbox", "button", "submit"].includes(element.type));

export function keyboard({ form, handIn, show, desk, save }) {
  const boxes = [...form.querySelectorAll("[data-criterion]")], help = document.querySelector("[data-help]"), opener = document.querySelector("[data-help-open]");
  const wanted = help.querySelector("[data-keys-on]");
  let at = -1, typed = "", timer = 0;
  try { wanted.checked = localStorage.getItem(SWITCH) !== "off"; } catch { /* on */ }
  wanted.addEventListener("change", () => { try { localStorage.setItem(SWITCH, wanted.checked ? "on" : "off"); } catch { /* for this page */ } });
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());

  const control = (box) => box.querySelector("input[type=radio]:checked") ?? box.querySelector("input[type=radio], input");
  const current = () => boxes.findIndex((box) => box.contains(document.activeElement));
  form.addEventListener("focusin", () => { const found = current(); if (found >= 0) mark(found); });

  function mark(index) {
    at = index;
    boxes.forEach((box, i) => box.classList.toggle("is-current", i === index));
  }

  function go(step) {
    show("marks");
    const next = Math.min(Math.max((at < 0 && step < 0 ? 0 : at) + step, 0), boxes.length - 1);
    mark(next);
    control(boxes[next]).focus({ preventScroll: true });
    boxes[next].scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }

  /** Digits choose the mark they spell; where marks are typed, they begin to be typed. */
  function spell(key) {
    if (at < 0) go(1);
    const box = boxes[at], radios = [...box.querySelectorAll("input[type=radio]")];
    if (!radios.length) {
      const input = box.querySelector("input");
      input.focus();
      input.value = key;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => { typed = ""; }, PAUSE);
    const matches = (text) => radios.find((one) => one.value !== "" && Number(one.value) === Number(text.replace(",", ".")));
    typed += key;
    const found = (/\d$/.test(typed) && matches(typed)) || (/\d/.test(key) && matches(typed = key));
    if (!found) return;
    found.checked = true;
    found.focus();
    found.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function turn() {
    const entry = desk.dataset.show === "entry" && matchMedia("(max-width: 59.99rem)").matches;
    const to = entry || document.activeElement?.closest("#entry") ? "marks" : "entry";
    show(to);
    document.getElementById(to).focus();
  }

  const keys = {
    n: () => go(1), p: () => go(-1), s: save, e: turn, "?": () => help.showModal(),
    N: () => document.querySelector("[data-after]")?.click(), P: () => document.querySelector("[data-before]")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); handIn(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || writes(document.activeElement)) return;
    if (!wanted.checked && event.key !== "?") return;
    const act = keys[event.key] ?? (/^[0-9]$/.test(event.key) || (typed && /^[.,]$/.test(event.key)) ? () => spell(event.key) : null);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
