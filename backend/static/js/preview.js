// Texts that may use Markdown: how they will look, on a press. And how many characters are left where there is a limit.
import { token } from "./writing/controls.js";

function look(area) {
  const form = area.form, words = form.dataset;
  if (!words.previewUrl) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-bare button-small preview-switch", textContent: words.wordPreview });
  const shown = Object.assign(document.createElement("div"), { className: "prose preview", hidden: true, tabIndex: -1 });
  button.setAttribute("aria-pressed", "false");
  area.after(shown, button);
  button.addEventListener("click", async () => {
    const open = shown.hidden;
    if (open) {
      const body = new FormData();
      body.append("text", area.value);
      try {
        const response = await fetch(words.previewUrl, { method: "POST", body, headers: { "X-CSRFToken": token(form) }, credentials: "same-origin" });
        if (!response.ok) return;
        shown.innerHTML = await response.text(); // made safe by the server
      } catch { return; }
    }
    shown.hidden = !open;
    area.hidden = open;
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? words.wordEdit : words.wordPreview;
    if (open) shown.focus({ preventScroll: true });
    else area.focus();
  });
}

function count(control) {
  const most = Number(control.dataset.most), left = Object.assign(document.createElement("p"), { className: "hint number count-left" });
  const tell = () => {
    const rest = most - [...control.value].length;
    left.textContent = `${rest} ${control.form.dataset.wordLeft ?? ""}`;
    left.toggleAttribute("data-over", rest < 0);
    left.hidden = rest > most / 2 && rest > 100;
  };
  control.after(left);
  control.addEventListener("input", tell);
  tell();
}

for (const control of document.querySelectorAll("form[data-preview-url] [data-most]")) count(control);
for (const area of document.querySelectorAll("form[data-preview-url] textarea[data-markdown]")) look(area);
