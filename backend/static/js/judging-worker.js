// Keeps the pages of one judge's queue, and the files of its entries, for a time without connection, and forgets them when that judge leaves.
//
// Registered for the desk's own address, where it answers from the network and, when that fails or takes too long, from what it kept; and for
// the doors, the addresses at which one signs out and in: there it only sees that somebody goes or comes, from whatever page, and throws
// everything away. So whoever works here next is never shown what was kept for somebody else, also where a session just ran out.
// What was typed is not here but in localStorage (judging-record.js): it waits there for its judge.

const PREFIX = "ludus-judging-", ASSETS = `${PREFIX}assets`, PATIENCE = 3000, FRESH = 10 * 60_000, PAUSE = 150, SLOW_FOR = 30_000;
const FILE = 5_000_000, FILES = 100_000_000; // bytes: the largest file that is kept, and all of them together
const scope = new URL(self.registration.scope).pathname;
const comes = self.location.search === "?coming", leaving = comes || self.location.search === "?leaving";
let slowUntil = 0, round = 0;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const mine = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX));
const forget = async () => { for (const name of await mine()) await caches.delete(name); };
/** More than once: what the other worker had asked for while the session still held may come in after the first time. */
async function leave() {
  for (const wait of [0, 1000, 3000]) {
    await new Promise((done) => setTimeout(done, wait));
    await forget();
  }
}
const pagesOf = (user) => `${PREFIX}pages-${user}`, filesOf = (user) => `${PREFIX}files-${user}`;
const forgetOthers = async (user) => { for (const name of await mine()) if (![ASSETS, pagesOf(user), filesOf(user)].includes(name)) await caches.delete(name); };
const found = (request) => caches.match(request, { ignoreVary: true });
/** For whom a page was made: each page of the desk says it in its facts. Empty for one that is the same for everybody. */
const whose = async (answer) => /id="judging-facts"[^>]*>\{"user": ?(\d+)/.exec(await answer.clone().text())?.[1] ?? "";

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (leaving) { if (request.method === "POST") event.waitUntil(comes ? forget() : leave()); return; }
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith(scope)) event.respondWith(page(event));
  else if (["style", "script", "font", "image"].includes(request.destination) && !url.pathname.startsWith(scope)) event.respondWith(asset(event));
});

/** The answer of the network, or an error when it takes longer than we wait. */
function timely(answer, wait) {
  return Promise.race([answer, new Promise((_, fail) => setTimeout(() => fail(new Error("slow")), wait))]);
}

async function page(event) {
  const kept = await found(event.request.url.split("#")[0]);
  const answer = fetch(event.request).then(async (got) => { await note(event.request.url, got); return got; });
  event.waitUntil(answer.catch(() => undefined));
  if (!kept) return answer.catch(() => instead());
  try { return await timely(answer, Date.now() < slowUntil ? 500 : PATIENCE); } catch {
    slowUntil = Date.now() + SLOW_FOR;
    return kept;
  }
}

/** What an answer means for what is kept: a page is kept anew, and of its judge alone; one that is gone is forgotten, a way to the sign-in
 * means nobody is signed in. */
async function note(url, answer) {
  if (answer.type === "opaqueredirect" || answer.redirected) return forget();
  const user = answer.ok ? await whose(answer) : "";
  if (user) await forgetOthers(user);
  const [name] = (await mine()).filter((one) => one.startsWith(pagesOf("")));
  if (!name) return; // nobody asked to keep pages, or those kept were another judge's
  const cache = await caches.open(name);
  if (answer.ok) await cache.put(url.split("#")[0], answer.clone());
  else if (answer.status === 404) await cache.delete(url, { ignoreVary: true });
}

async function instead() {
  const cached = await found(new URL("unconnected/", self.registration.scope).href);
  return cached ?? new Response("No connection. What you wrote is kept on this device.", { status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" } });
}

async function asset(event) {
  const kept = await found(event.request);
  const answer = fetch(event.request).then(async (got) => {
    if (kept && got.ok && await caches.has(ASSETS)) await (await caches.open(ASSETS)).put(event.request, got.clone());
    return got;
  });
  if (!kept) return answer;
  event.waitUntil(answer.catch(() => undefined));
  try { return await timely(answer, Date.now() < slowUntil ? 50 : PATIENCE); } catch {
    slowUntil = Date.now() + SLOW_FOR;
    return kept;
  }
}

self.addEventListener("message", (event) => {
  if (leaving) return;
  if (event.data?.type === "keep") event.waitUntil(keep(event.data, event.source));
  if (event.data?.type === "renew") event.waitUntil(renew(event.data, event.source));
});

/** Keep a page as it is after a save, and say so. */
async function renew({ page: path, sheet, revision }, client) {
  const url = new URL(path, self.location.origin).href;
  const answer = await fetch(url, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
  if (!answer || (!answer.ok && answer.status !== 404)) return;
  await note(url, answer);
  client?.postMessage({ type: "renewed", sheet, revision });
}

async function keep({ user, pages, assets }, client) {
  await forgetOthers(user);
  const shelf = await caches.open(ASSETS), cache = await caches.open(pagesOf(user));
  const drawer = await caches.open(filesOf(user)), turn = ++round;
  const told = async (done = false) => client?.postMessage({
    type: "kept",
    done,
    pages: (await cache.keys()).filter((one) => /\/\d+\/$/.test(one.url)).length,
    files: (await drawer.keys()).length,
  });
  await Promise.all(assets.map(async (url) => {
    if (await shelf.match(url, { ignoreVary: true })) return;
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) await shelf.put(url, answer);
  }));
  for (const path of pages) {
    const url = new URL(path, self.location.origin).href, old = await cache.match(url, { ignoreVary: true });
    if (old && Date.now() - Date.parse(old.headers.get("Date") ?? "") < FRESH) continue;
    const answer = await fetch(url, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (!answer) break;
    await note(url, answer);
    if (answer.type === "opaqueredirect") return;
    await told();
    await new Promise((done) => setTimeout(done, PAUSE));
  }
  await told();
  await keepFiles(cache, drawer, pages, { told, over: () => turn !== round });
  await told(true);
}

/** The files of an entry, as the facts of its page name them: {url, bytes}. */
async function filesOn(page) {
  const found = /id="judging-facts"[^>]*>([^<]*)</.exec((await page?.text()) ?? "");
  return (found && JSON.parse(found[1]).sheet?.files) || [];
}

/** Keep the files of the entries that are kept, those of the queue first, as far as there is room; what belongs to none of them goes.
 * A file never changes: one that is here is not asked for again. */
async function keepFiles(cache, drawer, pages, { told, over }) {
  const href = (path) => new URL(path, self.location.origin).href, wanted = new Set();
  let room = FILES;
  for (const page of new Set([...pages.map(href), ...(await cache.keys()).map((one) => one.url)])) {
    for (const { url, bytes } of await filesOn(await cache.match(page, { ignoreVary: true }))) {
      if (wanted.has(href(url)) || bytes > Math.min(FILE, room)) continue;
      wanted.add(href(url));
      room -= bytes;
    }
  }
  for (const one of await drawer.keys()) if (!wanted.has(one.url)) await drawer.delete(one);
  for (const url of wanted) {
    if (over()) return; // the next page asked, for its own queue
    if (await drawer.match(url, { ignoreVary: true })) continue;
    const answer = await fetch(url, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (!answer) return;
    if (!answer.ok) continue;
    try { await drawer.put(url, answer); } catch { return; } // no room on the device, or the connection went in the middle
    await told();
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}
