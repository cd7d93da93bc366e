import type { Storage } from "../ops/layout.js";

/** A storage and the first and last step that touch it. */
export interface Lifetime {
  readonly storage: Storage;
  first: number;
  last: number;
}

const ALIGN_BYTES = 64;

/**
 * Gives every storage an offset such that storages alive at the same time do not overlap: largest first, each in the
 * lowest gap that holds it. Returns the bytes needed. With a guard, every storage is followed by that many unused bytes
 * and none share a place. (Pisarchyk and Lee, "Efficient memory management for deep neural
 * net inference", 2020: greedy by size.)
 */
export function assignOffsets(
  lifetimes: readonly Lifetime[],
  guardBytes = 0,
): { bytes: number; offsets: Map<Storage, number> } {
  const offsets = new Map<Storage, number>();
  const placed: { first: number; last: number; begin: number; end: number }[] = [];
  let bytes = 0;
  const bySize = [...lifetimes].sort((a, b) => b.storage.bytes - a.storage.bytes || a.first - b.first);
  for (const { storage, first, last } of bySize) {
    let begin = 0;
    for (const other of placed) {
      if (guardBytes === 0 && (other.last < first || other.first > last)) continue;
      if (other.begin >= begin + storage.bytes) break;
      begin = Math.max(begin, other.end);
    }
    const end = Math.ceil((begin + storage.bytes) / ALIGN_BYTES) * ALIGN_BYTES + guardBytes;
    offsets.set(storage, begin);
    placed.push({ first, last, begin, end });
    placed.sort((a, b) => a.begin - b.begin);
    bytes = Math.max(bytes, end);
  }
  return { bytes, offsets };
}
