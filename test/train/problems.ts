// Small problems to learn, and the runtimes and networks to learn them with.

import relaxed from "wasm:relaxed";
import simd from "wasm:simd";
import worker from "worker:inline";
import "../../src/wasm/symbol-dispose.js";
import { type Dataset, fromArrays } from "../../src/data/index.js";
import { relu } from "../../src/layers/activation.js";
import { type Network, sequential } from "../../src/layers/containers.js";
import { conv2d } from "../../src/layers/convolution.js";
import { linear } from "../../src/layers/linear.js";
import type { Model } from "../../src/layers/model.js";
import { maxPool2d } from "../../src/layers/pooling.js";
import { flatten } from "../../src/layers/shape.js";
import { Random } from "../../src/random.js";
import { Tensor } from "../../src/tensor.js";
import { hasRelaxedSimd, hasSharedMemory } from "../../src/wasm/features.js";
import { Runtime } from "../../src/wasm/runtime.js";

/** A runtime of its own, so that what is counted in its memory is the test's. Two threads only where there can be. */
export function runtimeOf(threads: number): Runtime {
  const fast = hasRelaxedSimd();
  return new Runtime(fast ? relaxed : simd, worker, {
    threads: hasSharedMemory() ? threads : 1,
    relaxed: fast,
  });
}

export const one: Runtime = runtimeOf(1);

const SIZE = 8;

/** Pictures [1, 8, 8] of a bright bar in noise: lying (class 0), standing (1), or along the diagonal (2). */
export function bars(length: number, seed = 0, noise = 0.3): Dataset {
  const random = new Random(seed);
  const data = new Float32Array(length * SIZE * SIZE);
  const targets = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const picture = data.subarray(i * SIZE * SIZE, (i + 1) * SIZE * SIZE);
    for (let p = 0; p < picture.length; p++) picture[p] = noise * random.normal();
    const target = random.int(3);
    const at = random.int(SIZE);
    for (let k = 0; k < SIZE; k++) {
      const [y, x] = [
        [at, k],
        [k, at],
        [k, (k + at) % SIZE],
      ][target] as [number, number];
      picture[y * SIZE + x]! += 1;
    }
    targets[i] = target;
  }
  return fromArrays({
    inputs: new Tensor(data, [length, 1, SIZE, SIZE]),
    targets,
    classes: ["lying", "standing", "diagonal"],
    name: "bars",
  });
}

/** A network that tells the bars apart. */
export function barNetwork(): Network {
  return sequential([conv2d(6, 3), relu(), maxPool2d(2), flatten(), linear(3)]);
}

/** The same with work enough that the threads share it. */
export function wideNetwork(): Network {
  return sequential([conv2d(16, 3), relu(), conv2d(32, 3), relu(), maxPool2d(2), flatten(), linear(3)]);
}

/** All weights of a model, one after the other. */
export function weightsOf(model: Model): Float32Array {
  return Float32Array.from([...model.stateDict().values()].flatMap(({ data }) => [...data]));
}
