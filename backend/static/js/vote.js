// One tap, one vote: it is sent by itself, and the stone stands where the server says it does. Without this script the same forms lead
// from page to page. Nothing is kept here.

const list = document.querySelector("[data-vote]"), says = document.querySelector("[data-says]"), stones = [...document.querySelectorAll("[data-stones] circle")];
const SECONDS = 15;
let line = Promise.resolve(); // taps in their order, one after the other

function say(text, refused) {
  if (!says) return;
  says.textContent = text;
  says.classList.toggle("is-refused", Boolean(refused));
}

/** Show what is given and what is left. */
function show({ given, left, says: words, problem }) {
  for (const card of list.querySelectorAll("[data-choice]")) {
    const mine = given.includes(card.dataset.choice);
    card.classList.toggle("is-mine", mine);
    card.querySelector("button[aria-pressed]")?.setAttribute("aria-pressed", String(mine));
    const does = card.querySelector("[data-do]");
    if (does) does.value = mine ? "take" : "give";
  }
  stones.forEach((stone, at) => stone.classList.toggle("is-left", at < left));
  list.classList.toggle("is-spent", left === 0 && stones.length > 1);
  say(problem || words, problem);
}

async function send(address, body, card) {
  say(list.dataset.sending);
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(SECONDS * 1000) });
    if (answer.status === 403 || answer.status === 404) { location.reload(); return; } // signed out, or no longer here
    if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
    show(await answer.json());
  } catch {
    say(list.dataset.offline, true);
  } finally {
    card.classList.remove("is-sending");
  }
}

list?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target, card = form.closest("[data-choice]"), body = new FormData(form);
  if (card.classList.contains("is-sending")) return;
  card.classList.add("is-sending");
  line = line.then(() => send(form.action, body, card));
});

document.addEventListener("countdown:over", () => setTimeout(() => location.reload(), 2000 + Math.random() * 3000));
