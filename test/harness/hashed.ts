// Random weights that need no file: the same float32 numbers here and in test/goldens/hashed.py.

import type { Store } from "../../src/layers/store.js";
import { type Shape, sizeOf, Tensor } from "../../src/tensor.js";

/** `count` numbers in [-bound, bound): murmur3's finaliser of the index and the FNV-1a hash of the name. */
export function uniform(name: string, count: number, bound = 1): Float32Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let x = (Math.imul(i, 0x9e3779b1) + seed) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x ^= x >>> 16;
    values[i] = ((x >>> 8) / 2 ** 23 - 1) * bound;
  }
  return values;
}

/** A tensor of a state dict: He's bound where there is a fan-in, statistics and scales around 1, the rest small. */
export function weight(name: string, shape: Shape): Tensor {
  const count = sizeOf(shape);
  const last = name.split(".").at(-1)!;
  if (last === "num_batches_tracked") return new Tensor(new Float32Array(count), shape);
  if (shape.length >= 2) return new Tensor(uniform(name, count, Math.sqrt(6 / (count / shape[0]!))), shape);
  if (last !== "running_var" && last !== "weight") return new Tensor(uniform(name, count, 0.1), shape);
  return new Tensor(
    uniform(name, count, 0.25).map((value) => value + 1),
    shape,
  );
}

/** [n, c, h, w] with something in it: patches of 16 x 16 pixels, and noise, so that the means of maps tell inputs apart. */
export function picture(name: string, shape: Shape): Tensor {
  const [n, c, h, w] = shape as [number, number, number, number];
  const [rows, columns] = [Math.ceil(h / 16), Math.ceil(w / 16)];
  const patches = uniform(`${name}.patches`, n * c * rows * columns, 1.5);
  const data = uniform(`${name}.noise`, sizeOf(shape), 0.5);
  for (let i = 0; i < data.length; i++) {
    const [plane, y, x] = [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w];
    data[i]! += patches[(plane * rows + (y >> 4)) * columns + (x >> 4)]!;
  }
  return new Tensor(data, shape);
}

/**
 * Gives every entry of a model's store its numbers, multiplied by the gain for the end of its name. In place, one after the
 * other: two copies of the largest networks would be a gigabyte.
 */
export function fill(store: Store, gain: Readonly<Record<string, number>> = {}): void {
  for (const entry of store.entries.values()) {
    const { data } = weight(entry.name, entry.shape);
    const [, factor] = Object.entries(gain).find(([ending]) => entry.name.endsWith(ending)) ?? [];
    store.floats(entry).set(factor === undefined ? data : data.map((value) => value * factor));
  }
}
