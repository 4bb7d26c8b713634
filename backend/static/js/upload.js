// Files of a form: looked at before they are sent (ending, size), then sent at once with a bar and a way to stop. A form without an
// address for files (data-files-url) only gets the look; its files go when it is sent.
import { token } from "./writing/controls.js";

const UNITS = ["bytes", "kB", "MB", "GB"];

export function size(bytes) {
  let unit = 0, left = bytes;
  while (left >= 1024 && unit < UNITS.length - 1) { left /= 1024; unit += 1; }
  return `${unit ? left.toFixed(left < 10 ? 1 : 0) : left} ${UNITS[unit]}`;
}

// What is wrong with a file before it is sent; empty if nothing is.
export function fault(file, input, words) {
  const most = Number(input.dataset.mostBytes || 0), endings = (input.accept || "").split(",").filter(Boolean).map((one) => one.trim().slice(1).toLowerCase());
  const ending = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
  if (endings.length && !endings.includes(ending)) return words.wordType.replace("~", ending || "…").replace("%", endings.join(", "));
  if (most && file.size > most) return words.wordBig.replace("~", size(file.size)).replace("%", size(most));
  return "";
}

function tend(field) {
  const form = field.closest("form"), words = form.dataset, input = field.querySelector("input[type=file]");
  const part = (name) => field.querySelector(`[data-${name}]`);
  const hidden = form.elements.namedItem(field.dataset.fileName), kept = part("kept"), link = part("kept-name"), run = part("run"), bar = run?.querySelector("progress"), wrong = part("fault");
  const live = Boolean(words.filesUrl);
  let request = null;

  const complain = (text, again) => {
    wrong.hidden = !text;
    wrong.textContent = text;
    input.toggleAttribute("aria-invalid", Boolean(text));
    if (text) input.setAttribute("aria-invalid", "true");
    if (again) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-quiet button-small", textContent: words.wordAgain });
      button.addEventListener("click", again);
      wrong.append(" ", button);
    }
  };

  const show = (file) => {
    if (!hidden || !kept) return;
    hidden.value = file ? String(file.id) : "";
    kept.hidden = !file;
    link.textContent = file?.name ?? "";
    if (file) link.href = `/api/v1/uploads/${file.id}/content`;
    else link.removeAttribute("href");
    part("kept-size").textContent = file?.size ? size(file.size) : "";
  };

  const changed = () => hidden.dispatchEvent(new Event("input", { bubbles: true }));

  async function send(file) {
    complain("");
    run.hidden = false;
    bar.value = 0;
    part("run-words").textContent = file.name;
    if (!Number(words.entry)) await form.saveDraft?.(true); // so that words and file belong to one entry
    request = new XMLHttpRequest();
    request.open("POST", words.entry ? `${words.filesUrl}?entry=${words.entry}` : words.filesUrl);
    request.setRequestHeader("X-CSRFToken", token(form));
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = Math.round((100 * event.loaded) / event.total);
      part("run-words").textContent = `${file.name}: ${bar.value} %`;
    });
    const over = () => { run.hidden = true; request = null; };
    request.addEventListener("abort", () => { over(); input.value = ""; input.focus(); });
    request.addEventListener("error", () => { over(); complain(words.wordFailed, () => send(file)); });
    request.addEventListener("load", () => {
      const { status, responseText } = request;
      over();
      let answer = {};
      try { answer = JSON.parse(responseText); } catch { /* a page instead of an answer: said below */ }
      if (status === 401 || status === 403) return complain(words.wordOut, () => send(file));
      if (status !== 201) return complain(answer.message || words.wordFailed, status >= 500 ? () => send(file) : null);
      input.value = "";
      show(answer);
      changed();
      form.saveDraft?.();
    });
    const body = new FormData();
    body.append("field", field.dataset.upload);
    body.append("file", file);
    request.send(body);
  }

  input.addEventListener("change", (event) => {
    const file = input.files[0];
    if (!file) return;
    const text = fault(file, input, words);
    complain(text);
    if (text) { input.value = ""; return; }
    if (live) { event.stopPropagation(); send(file); }
  });
  part("cancel")?.addEventListener("click", () => request?.abort());
  if (!live) return;
  part("drop")?.remove();
  const remove = part("remove");
  remove.hidden = false;
  remove.addEventListener("click", () => { show(null); changed(); input.focus(); });
  form.addEventListener("ludus:file", (event) => { if (event.detail.name === field.dataset.fileName) show(event.detail.file); });
}

for (const field of document.querySelectorAll("[data-upload]")) tend(field);
