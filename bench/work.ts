import { Random, type Shape, Tensor } from "featuremap";
import type { TorchBatch } from "./pytorch.js";

/** Batches of noise of the shape [n, c, h, w]: how long a network takes does not depend on what it sees. */
export function noise(count: number, shape: Shape, classes = 10): TorchBatch[] {
  const random = new Random(1);
  const [n = 1] = shape;
  const length = shape.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, () => ({
    inputs: new Tensor(
      Float32Array.from({ length }, () => random.uniform()),
      shape,
    ),
    targets: Int32Array.from({ length: n }, () => random.int(classes)),
  }));
}
