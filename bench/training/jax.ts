// jax-js: its WebAssembly backend, the whole step compiled by jit. Without workers of the web, as in Node, it has one thread.
import { Tensor } from "featuremap";
import { load } from "../load.js";
import { networks, type Ops } from "./networks.js";
import type { Peer, Training } from "./peer.js";

/** An array or a tracer. Calls use it up, `ref` keeps it. */
interface Jax {
  readonly ref: Jax;
  readonly shape: number[];
  add(other: Jax | number): Jax;
  sub(other: Jax): Jax;
  mul(other: Jax | number): Jax;
  div(other: Jax): Jax;
  sum(): Jax;
  reshape(shape: number[]): Jax;
  slice(...at: (readonly [] | number)[]): Jax;
  data(): Promise<Float32Array>;
  dataSync(): Float32Array;
}

type Weights = Record<string, Jax>;

interface Library {
  init(): Promise<unknown>;
  readonly numpy: {
    array(data: Float32Array | Int32Array): Jax;
    zeros(shape: readonly number[]): Jax;
    mean(x: Jax, axes: readonly number[], options?: { keepdims: boolean }): Jax;
    max(x: Jax): Jax;
    sqrt(x: Jax): Jax;
    square(x: Jax): Jax;
    dot(a: Jax, b: Jax): Jax;
    transpose(x: Jax): Jax;
    pad(x: Jax, width: readonly (readonly [number, number])[], options?: { constantValues: number }): Jax;
  };
  readonly lax: {
    conv(x: Jax, w: Jax, strides: number[], padding: [number, number][]): Jax;
    reduceWindow(x: Jax, of: (x: Jax) => Jax, size: number[], strides: number[]): Jax;
  };
  readonly nn: {
    relu(x: Jax): Jax;
    sigmoid(x: Jax): Jax;
    logSoftmax(x: Jax): Jax;
    oneHot(x: Jax, classes: number): Jax;
  };
  readonly tree: { ref<T>(tree: T): T };
  jit<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R;
  valueAndGrad(
    work: (weights: Weights, x: Jax, targets: Jax) => Jax,
  ): (weights: Weights, x: Jax, targets: Jax) => [Jax, Weights];
}

/** The layers, by weights that stay. */
function opsOf({ numpy: np, lax, nn }: Library, weights: Weights): Ops<Jax> {
  const weight = (name: string): Jax => weights[name]!.ref;
  const perChannel = (name: string): Jax => {
    const w = weight(name);
    return w.reshape([1, w.shape[0]!, 1, 1]);
  };
  return {
    conv(x, name, stride, padding) {
      const pads: [number, number][] = [
        [padding, padding],
        [padding, padding],
      ];
      const y = lax.conv(x, weight(`${name}.weight`), [stride, stride], pads);
      return `${name}.bias` in weights ? y.add(perChannel(`${name}.bias`)) : y;
    },
    batchNorm(x, name) {
      const axes = [0, 2, 3];
      const centred = x.ref.sub(np.mean(x, axes, { keepdims: true }));
      const variance = np.mean(np.square(centred.ref), axes, { keepdims: true });
      const scale = perChannel(`${name}.weight`).div(np.sqrt(variance.add(1e-5)));
      return centred.mul(scale).add(perChannel(`${name}.bias`));
    },
    relu: nn.relu,
    sigmoid: nn.sigmoid,
    avgPool(x) {
      const [n, c, h, w] = x.shape as [number, number, number, number];
      return np.mean(x.reshape([n, c, h / 2, 2, w / 2, 2]), [3, 5]);
    },
    maxPool(x) {
      // Behind a relu zeros are as good as minus infinity.
      const padded = np.pad(x, [
        [0, 0],
        [0, 0],
        [1, 1],
        [1, 1],
      ]);
      return lax.reduceWindow(padded, np.max, [3, 3], [2, 2]);
    },
    globalAvgPool: (x) => np.mean(x, [2, 3]),
    flatten: (x) => x.reshape([x.shape[0]!, x.shape.slice(1).reduce((a, b) => a * b, 1)]),
    linear: (x, name) => np.dot(x, np.transpose(weight(`${name}.weight`))).add(weight(`${name}.bias`)),
    add: (a, b) => a.add(b),
    widen(x, channels) {
      const [n, c, h, w] = x.shape as [number, number, number, number];
      const thinned = x.reshape([n, c, h / 2, 2, w / 2, 2]).slice([], [], [], 0, [], 0);
      return np.pad(thinned, [
        [0, 0],
        [0, channels - c],
        [0, 0],
        [0, 0],
      ]);
    },
    again: (x) => x.ref,
  };
}

export const jax: Peer = {
  name: "jax-js",
  async start({ network, weights: given, batches, classes, lr, momentum }: Training) {
    // It asks for a GPU there, which Node 20 has no word for.
    (globalThis as { navigator?: object }).navigator ??= {};
    const library = load<Library>("@jax-js/jax");
    await library.init();
    const { numpy: np, nn } = library;
    const array = (data: Float32Array | Int32Array, shape: readonly number[]): Jax =>
      np.array(data).reshape([...shape]);

    const lossOf = (weights: Weights, x: Jax, targets: Jax): Jax => {
      const scores = networks[network](opsOf(library, weights), x);
      return nn
        .logSoftmax(scores)
        .mul(targets)
        .sum()
        .mul(-1 / batches[0]!.targets.length);
    };
    const train = library.jit((weights: Weights, velocities: Weights, x: Jax, targets: Jax) => {
      const [loss, gradients] = library.valueAndGrad(lossOf)(library.tree.ref(weights), x, targets);
      const next: [Weights, Weights] = [{}, {}];
      for (const [name, weight] of Object.entries(weights)) {
        const velocity = velocities[name]!.mul(momentum).add(gradients[name]!);
        next[0][name] = weight.sub(velocity.ref.mul(lr));
        next[1][name] = velocity;
      }
      return [loss, ...next] as const;
    });

    const names = [...given.keys()];
    let weights: Weights = {};
    let velocities: Weights = {};
    for (const [name, { data, shape }] of given) {
      weights[name] = array(data, shape);
      velocities[name] = np.zeros([...shape]);
    }
    const fed = batches.map(({ inputs, targets }) => ({
      x: array(inputs.data, inputs.shape),
      targets: nn.oneHot(array(targets, [targets.length]), classes),
    }));
    let steps = 0;
    return {
      async step() {
        const { x, targets } = fed[steps++ % fed.length]!;
        let loss: Jax;
        [loss, weights, velocities] = train(weights, velocities, x.ref, targets.ref);
        return (await loss.data())[0]!;
      },
      weights: () =>
        new Map(
          names.map((name) => [
            name,
            new Tensor(weights[name]!.ref.dataSync().slice(), given.get(name)!.shape),
          ]),
        ),
    };
  },
};
