// Dialogs (components/dialog.html). What has data-dialog opens the one of that id: a button shows it, a link shows its page in it (and is a
// link where that fails, or without script). Escape and data-close close it; the focus goes back to what opened it.

const openers = new WeakMap();

async function filled(dialog, address) {
  let answer;
  try {
    answer = await fetch(address, { headers: { "HX-Request": "true" }, redirect: "error" });
  } catch {
    answer = null;
  }
  if (!answer?.ok) { location.href = address; return false; }
  dialog.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
  return true;
}

for (const opener of document.querySelectorAll("[data-dialog]")) {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog?.showModal) continue;
  opener.hidden = false;
  opener.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (opener.href && !(await filled(dialog, opener.href))) return;
    if (dialog.open) return;
    openers.set(dialog, opener);
    dialog.showModal();
  });
}

for (const dialog of document.querySelectorAll("dialog.dialog")) {
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => openers.get(dialog)?.focus());
  dialog.addEventListener("submit", ({ target }) => {
    if (target.method !== "dialog") target.querySelector("button[type=submit]")?.setAttribute("aria-disabled", "true");
  });
}
