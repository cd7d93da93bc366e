/**
 * One build of the kernels from another and what changes: runs of literal bytes and of bytes copied from the base, as
 * scripts/delta.mjs writes them. The two builds share most of their code; carrying both takes little more than one.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array): Uint8Array {
  let at = 0;
  /** A whole number, seven bits in a byte, the lowest first. */
  const number = (): number => {
    for (let value = 0, unit = 1; ; unit *= 128) {
      const byte = delta[at++]!;
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  };
  const target = new Uint8Array(number());
  let from = 0;
  for (let to = 0; to < target.length; ) {
    const literals = number();
    target.set(delta.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    const copied = number();
    const way = number();
    from += way % 2 === 0 ? way / 2 : -(way + 1) / 2;
    target.set(base.subarray(from, from + copied), to);
    from += copied;
    to += copied;
  }
  return target;
}
