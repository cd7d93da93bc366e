// One build of the kernels as what changes from the other: src/wasm/delta.ts puts it together again.

/** Shortest run worth copying: its two or three numbers take as many bytes. */
const LEAST = 5;
/** Places in the base that are tried for each run. */
const TRIES = 400;

/**
 * The target's length, then, again and again: how many literal bytes, these, how many bytes to copy from the base, and how
 * far from where the last copy ended (zigzag). Numbers are LEB128.
 */
export function delta(base, target) {
  const places = new Map();
  const keyAt = (bytes, at) =>
    bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  for (let at = 0; at + LEAST <= base.length; at++) {
    const key = keyAt(base, at);
    if (!places.has(key)) places.set(key, []);
    places.get(key).push(at);
  }
  const lengthOf = (from, at) => {
    let length = 0;
    while (at + length < target.length && base[from + length] === target[at + length]) length++;
    return length;
  };
  const out = [];
  const number = (value) => {
    for (; value >= 128; value = Math.floor(value / 128)) out.push((value % 128) | 128);
    out.push(value);
  };
  number(target.length);
  let expected = 0;
  let start = 0;
  for (let at = 0; at <= target.length; ) {
    // The nearest of the longest, since a short way takes fewer bytes.
    let [best, from] = [0, 0];
    const near = (places.get(keyAt(target, at)) ?? [])
      .toSorted((a, b) => Math.abs(a - expected) - Math.abs(b - expected))
      .slice(0, TRIES);
    for (const place of near) {
      const length = lengthOf(place, at);
      if (length > best + (Math.abs(place - expected) < 64 ? 0 : 1)) [best, from] = [length, place];
    }
    if (best < LEAST && at < target.length) {
      at++;
      continue;
    }
    number(at - start);
    out.push(...target.subarray(start, at));
    number(best);
    const way = from - expected;
    number(way < 0 ? -2 * way - 1 : 2 * way);
    if (at === target.length) break;
    at += best;
    start = at;
    expected = from + best;
  }
  return Uint8Array.from(out);
}
