// Two people wrote on the same base: what each changed, and where they disagree. Values are texts or lists of texts. Pure.
const plain = (value) => (Array.isArray(value) ? value.join("\n") : String(value ?? "")).replaceAll("\r\n", "\n");

export const same = (a, b) => plain(a) === plain(b);

export function equal(a, b) {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => same(a[name], b[name]));
}

// -> {values: what the form shows now, taken: names taken over from them, torn: names that both changed, each in another way}
export function merge(was, mine, theirs) {
  const values = { ...mine }, taken = [], torn = [];
  for (const name of Object.keys(theirs)) {
    if (same(was[name], theirs[name]) || same(mine[name], theirs[name])) continue;
    if (same(was[name], mine[name])) {
      values[name] = theirs[name];
      taken.push(name);
    } else torn.push(name);
  }
  return { values, taken, torn };
}
