// Copy what a control holds. The button appears only where a script can do it; without one people select and copy.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) continue;
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(source.value ?? source.textContent); } catch { source.select?.(); document.execCommand("copy"); }
    button.textContent = button.dataset.done;
    const said = document.querySelector(`[data-copied="${button.dataset.copy}"]`);
    if (said) said.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = words; if (said) said.textContent = ""; }, 2500);
  });
}
