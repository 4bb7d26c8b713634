// A link may name a row by its anchor alone, as those from before lists had pages do: go to the page that has it, once.
const { hash, search } = location;
const [, kind, id] = /^#([a-z]+)-(\d+)$/.exec(hash) ?? [];
if (kind && !document.getElementById(hash.slice(1)) && !new URLSearchParams(search).has(kind)) {
  location.replace(`?${kind}=${id}${hash}`);
}
