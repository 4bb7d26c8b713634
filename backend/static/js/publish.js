// A link with data-dialog opens its page inside that dialog; without script it is a link. Escape and "Not yet" close it.

for (const link of document.querySelectorAll("a[data-dialog]")) {
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog?.showModal) continue;
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    let answer;
    try {
      answer = await fetch(link.href, { headers: { "HX-Request": "true" }, redirect: "error" });
    } catch {
      answer = null;
    }
    if (!answer?.ok) { location.href = link.href; return; }
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    dialog.replaceChildren(...parsed.body.childNodes);
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => link.focus());
  dialog.addEventListener("submit", (event) => event.target.querySelector("button[type=submit]")?.setAttribute("aria-disabled", "true"));
}
