import { Random, Tensor } from "featuremap";
import type { TorchBatch } from "./pytorch.js";

/** Batches of noise for LeNet-5: how long a network takes does not depend on what it sees. */
export function noise(count: number, size: number): TorchBatch[] {
  const random = new Random(1);
  return Array.from({ length: count }, () => ({
    inputs: new Tensor(
      Float32Array.from({ length: size * 32 * 32 }, () => random.uniform()),
      [size, 1, 32, 32],
    ),
    targets: Int32Array.from({ length: size }, () => random.int(10)),
  }));
}
