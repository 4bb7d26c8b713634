// The editor of an idea: what is typed is kept as a draft a moment later, and ideas with the same words appear beside it.
const QUIET = 1200, ALIKE = 500, RETRY = 8000;
const form = document.querySelector("form[data-idea-draft]");
if (form) start(form);

function start(form) {
  const state = form.querySelector("[data-idea-state]"), beside = document.querySelector("[data-alike]");
  const number = form.elements.namedItem("draft");
  let timer = 0, looking = 0, asked = "", running = Promise.resolve(), busy = false, leaving = false;

  function later(after) {
    clearTimeout(timer);
    timer = setTimeout(() => { running = running.then(save, save); }, after);
  }

  async function save() {
    if (leaving) return;
    state.textContent = form.dataset.wordSaving;
    busy = true;
    try {
      const answer = await fetch(form.dataset.ideaDraft, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, credentials: "same-origin" });
      const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
      if (!answer.ok) { state.textContent = told.message || form.dataset.wordFailed; return; }
      number.value = told.draft;
      state.textContent = form.dataset.wordSaved;
    } catch {
      state.textContent = form.dataset.wordFailed;
      later(RETRY);
    } finally { busy = false; }
  }

  async function look() {
    const words = ["title", "summary"].map((name) => form.elements.namedItem(name)?.value ?? "").join(" ").trim();
    if (!beside || words === asked) return;
    asked = words;
    try {
      const answer = await fetch(`${form.dataset.similar}?q=${encodeURIComponent(words.slice(0, 1500))}`, { credentials: "same-origin" });
      if (answer.ok && words === asked) beside.innerHTML = await answer.text();
    } catch { asked = ""; }
  }

  form.addEventListener("input", () => {
    later(QUIET);
    clearTimeout(looking);
    looking = setTimeout(look, ALIKE);
  });
  // A draft that is just being saved gets its number first, so that sharing it clears it away.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!busy || leaving) { leaving = true; return; }
    event.preventDefault();
    const again = () => { leaving = true; form.requestSubmit(event.submitter); };
    running.then(again, again);
  });
}
