// TensorFlow.js on its "cpu" backend, which is JavaScript: the WebAssembly one has no gradients of convolutions.
import { Tensor } from "featuremap";
import { load } from "../load.js";
import { networks, type Ops } from "./networks.js";
import type { Peer, Training } from "./peer.js";

interface Tf {
  readonly shape: number[];
  add(other: Tf): Tf;
  reshape(shape: number[]): Tf;
  transpose(axes: readonly number[]): Tf;
  dataSync(): Float32Array;
  dispose(): void;
}

/** As in torch: [n, c, h, w]. Inside: [n, h, w, c], the order the backend is made for. */
interface Library {
  setBackend(name: string): Promise<boolean>;
  tensor(data: Float32Array, shape: readonly number[]): Tf;
  tensor1d(data: Int32Array, type: "int32"): Tf;
  variable(x: Tf): Tf;
  tidy<T>(work: () => T): T;
  conv2d(x: Tf, w: Tf, stride: number, padding: number): Tf;
  moments(x: Tf, axes: readonly number[]): { readonly mean: Tf; readonly variance: Tf };
  batchNorm(x: Tf, mean: Tf, variance: Tf, offset: Tf, scale: Tf, eps: number): Tf;
  relu(x: Tf): Tf;
  sigmoid(x: Tf): Tf;
  avgPool(x: Tf, size: number, stride: number, padding: number): Tf;
  maxPool(x: Tf, size: number, stride: number, padding: number): Tf;
  mean(x: Tf, axes: readonly number[]): Tf;
  matMul(a: Tf, b: Tf, turnA: boolean, turnB: boolean): Tf;
  pad(x: Tf, width: readonly (readonly [number, number])[]): Tf;
  oneHot(targets: Tf, classes: number): Tf;
  readonly losses: { softmaxCrossEntropy(targets: Tf, scores: Tf): Tf };
  readonly train: {
    momentum(lr: number, momentum: number): { minimize(loss: () => Tf, returnCost: true): Tf };
  };
}

function opsOf(tf: Library, weights: ReadonlyMap<string, Tf>): Ops<Tf> {
  const weight = (name: string): Tf => weights.get(name)!;
  return {
    conv(x, name, stride, padding) {
      const y = tf.conv2d(x, weight(`${name}.weight`), stride, padding);
      const bias = weights.get(`${name}.bias`);
      return bias ? y.add(bias) : y;
    },
    batchNorm(x, name) {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.batchNorm(x, mean, variance, weight(`${name}.bias`), weight(`${name}.weight`), 1e-5);
    },
    relu: tf.relu,
    sigmoid: tf.sigmoid,
    avgPool: (x) => tf.avgPool(x, 2, 2, 0),
    maxPool: (x) => tf.maxPool(x, 3, 2, 1),
    globalAvgPool: (x) => tf.mean(x, [1, 2]),
    flatten(x) {
      if (x.shape.length === 2) return x;
      const torchs = x.transpose([0, 3, 1, 2]);
      return torchs.reshape([x.shape[0]!, -1]);
    },
    linear: (x, name) => tf.matMul(x, weight(`${name}.weight`), false, true).add(weight(`${name}.bias`)),
    add: (a, b) => a.add(b),
    widen: (x, channels) =>
      tf.pad(tf.avgPool(x, 1, 2, 0), [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, channels - x.shape[3]!],
      ]),
    again: (x) => x,
  };
}

export const tfjs: Peer = {
  name: "tfjs, cpu",
  async start({ network, weights: given, batches, classes, lr, momentum }: Training) {
    const tf = load<Library>("@tensorflow/tfjs");
    await tf.setBackend("cpu");
    const weights = new Map(
      [...given].map(([name, { data, shape }]) => {
        const torchs = tf.tensor(data, shape);
        return [name, tf.variable(shape.length === 4 ? torchs.transpose([2, 3, 1, 0]) : torchs)];
      }),
    );
    const fed = batches.map(({ inputs, targets }) => ({
      x: tf.tensor(inputs.data, inputs.shape).transpose([0, 2, 3, 1]),
      targets: tf.oneHot(tf.tensor1d(targets, "int32"), classes),
    }));
    const optimizer = tf.train.momentum(lr, momentum);
    const ops = opsOf(tf, weights);
    let steps = 0;
    return {
      async step() {
        const { x, targets } = fed[steps++ % fed.length]!;
        const loss = optimizer.minimize(
          () => tf.losses.softmaxCrossEntropy(targets, networks[network](ops, x)),
          true,
        );
        const value = loss.dataSync()[0]!;
        loss.dispose();
        return value;
      },
      weights: () =>
        new Map(
          [...weights].map(([name, variable]) => {
            const { shape } = given.get(name)!;
            const data = tf.tidy(() =>
              (shape.length === 4 ? variable.transpose([3, 2, 0, 1]) : variable).dataSync().slice(),
            );
            return [name, new Tensor(data, shape)];
          }),
        ),
    };
  },
};
