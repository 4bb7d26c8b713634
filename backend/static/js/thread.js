// A link from before threads had pages names a post by its anchor alone: go to the page that has it, once.
const { hash, search } = location;
const named = /^#post-(\d+)$/.exec(hash);
if (named && !document.getElementById(hash.slice(1)) && !new URLSearchParams(search).has("post")) {
  location.replace(`?post=${named[1]}${hash}`);
}
