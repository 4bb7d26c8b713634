// The files of an entry on a sheet: what the service worker keeps opens from this device, and beside each file stands whether it does.

import { isKept, toast, words } from "./judging-desk.js";

const links = [...document.querySelectorAll("#entry a[data-file]")];

/** Say it beside each file; `done`: nothing more is coming, so what is not here opens only with the connection. */
async function show(done) {
  for (const link of links) {
    const kept = await isKept(link.href), text = kept ? words.file_kept : done ? words.file_not_kept : "";
    link.dataset.file = kept ? "kept" : "";
    const place = link.parentElement.querySelector(`[data-file-state]`) ?? Object.assign(document.createElement("span"), { className: "hint" });
    place.dataset.fileState = kept ? "kept" : done ? "not-kept" : "";
    place.textContent = text && ` · ${text}`;
    if (!place.isConnected) link.parentElement.append(place);
  }
}

/** From the device where it is kept: a file of an entry never changes, so nobody waits for a slow connection. */
async function open(link) {
  const found = await caches.match(link.href, { ignoreVary: true });
  if (!found) { location.assign(link.href); return; }
  const address = URL.createObjectURL(await found.blob());
  Object.assign(document.createElement("a"), { href: address, download: link.textContent.trim() }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function clicked(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.currentTarget;
  if (link.dataset.file === "kept") {
    event.preventDefault();
    open(link).catch(() => location.assign(link.href));
  } else if (!navigator.onLine) {
    event.preventDefault(); // rather than leave the sheet for the browser's own page of no connection
    toast(words.needs_connection, "warning");
  }
}

export function files() {
  for (const link of links) link.addEventListener("click", clicked);
  document.addEventListener("judging:kept", ({ detail }) => show(detail.done));
  if (links.length) show(!navigator.onLine);
}
