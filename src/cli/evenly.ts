// A part of many things that stands for all of them.

/** So many of the items, at even distances. */
export function spread<T>(items: readonly T[], count: number): T[] {
  const at = (i: number): number => Math.floor((i * count) / items.length);
  return items.filter((_, i) => at(i) !== at(i + 1));
}

/** How many of each class to take for `limit` of all: as even as the sizes of the classes allow. */
export function shares(sizes: readonly number[], limit: number): number[] {
  const counts = sizes.map(() => 0);
  let left = limit;
  while (left > 0) {
    const open = [...sizes.keys()].filter((i) => counts[i]! < sizes[i]!);
    if (open.length === 0) break;
    const each = Math.max(1, Math.floor(left / open.length));
    for (const i of left < open.length ? spread(open, left) : open) {
      const taken = Math.min(each, sizes[i]! - counts[i]!);
      counts[i]! += taken;
      left -= taken;
    }
  }
  return counts;
}
