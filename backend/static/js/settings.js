// The look follows what is chosen, before it is saved; the snippet is copied by a button.

const looks = document.querySelector("[data-looks]"), preview = document.querySelector("[data-preview]");
if (looks && preview) {
  const motto = preview.querySelector("[data-motto]");
  looks.addEventListener("input", () => {
    const chosen = looks.elements.accent?.value, said = looks.elements.motto?.value.trim() ?? "";
    if (chosen) preview.dataset.tint = chosen;
    if (motto) { motto.textContent = said; motto.hidden = !said; }
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy), before = button.textContent;
  if (!field || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = before; }, 2000);
    } catch {
      field.select();
    }
  });
}
