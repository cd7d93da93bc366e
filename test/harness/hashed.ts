// Random weights that need no file: the same float32 numbers here and in test/goldens/hashed.py.

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
