// What one is told while a page stands open comes as a calm toast, and the bell counts on. Asked for now and then, only while the page is
// looked at; an answer that is the same as before is a 304 without a body. Without a connection nothing is said: the next page has it all.
const EVERY = 30_000, SHOWN = 20_000, MOST = 3;

const bell = document.querySelector("[data-bell]");
const held = document.querySelector("template[data-toast]");
const place = document.querySelector("[data-toasts]");
let newest = Number(bell?.dataset.newest || 0);
let asked = Date.now();
let over = false;

async function ask() {
  if (over || document.hidden || navigator.onLine === false) return;
  asked = Date.now();
  try {
    const answer = await fetch(bell.dataset.bell, { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-cache" });
    if (answer.type === "opaqueredirect" || answer.status === 401) { over = true; return; } // signed out on another page
    if (!answer.ok || !(answer.headers.get("content-type") || "").includes("json")) return;
    take(await answer.json());
  } catch { /* no connection: asked again later */ }
}

function take(told) {
  const fresh = told.notices.filter((one) => one.id > newest).slice(0, MOST);
  newest = Math.max(newest, told.newest);
  count(told.unread);
  for (const one of fresh.reverse()) show(one);
}

function count(number) {
  const badge = bell.querySelector("[data-bell-count]"), words = bell.querySelector("[data-bell-words]");
  badge.hidden = !number;
  badge.textContent = number > 99 ? "99+" : number || "";
  if (number) words.textContent = number === 1 ? words.dataset.one : words.dataset.many.replace("{}", number);
}

function show(one) {
  const toast = held.content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-topic]").textContent = one.topic;
  const link = toast.querySelector("[data-link]");
  link.textContent = one.text;
  link.href = one.url;
  place.append(toast);
  while (place.querySelectorAll(".toast").length > MOST) place.querySelector(".toast").remove();
  let timer;
  const wait = () => { clearTimeout(timer); timer = setTimeout(away, SHOWN); };
  const away = () => {
    clearTimeout(timer);
    const inside = toast.contains(document.activeElement);
    toast.remove();
    if (inside) (place.querySelector(".toast [data-away]") || bell).focus(); // focus is not lost with what held it
  };
  toast.querySelector("[data-away]").addEventListener("click", away);
  toast.addEventListener("keydown", (event) => { if (event.key === "Escape") away(); });
  for (const kind of ["pointerenter", "focusin"]) toast.addEventListener(kind, () => clearTimeout(timer)); // whoever reads has time
  for (const kind of ["pointerleave", "focusout"]) toast.addEventListener(kind, wait);
  wait();
}

if (bell && held && place) {
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", () => { if (Date.now() - asked > EVERY / 3) ask(); });
  addEventListener("online", ask);
  bell.addEventListener("notices:ask", ask); // whoever changed something on this page need not wait
}
