// The networks that are trained, and what they are for frameworks that have none of them. Names of weights are torchvision's.

export type NetworkName = "lenet5" | "resnet20" | "resnet18";

interface Trained {
  readonly title: string;
  readonly inputShape: readonly [c: number, h: number, w: number];
  readonly batch: number;
  /** Names of the peers that do a step in less than a minute. */
  readonly peers: readonly string[];
  /** Times PyTorch's time on one thread that a step may take. */
  readonly atMost: number;
  /** How many times as fast as any other library in JavaScript or WebAssembly it must be. */
  readonly atLeast?: number;
}

export const trained: Readonly<Record<NetworkName, Trained>> = {
  lenet5: {
    title: "LeNet-5",
    inputShape: [1, 32, 32],
    batch: 64,
    peers: ["jax", "tfjs", "convnetjs"],
    atMost: 1,
    atLeast: 30,
  },
  resnet20: {
    title: "ResNet-20 for CIFAR-10",
    inputShape: [3, 32, 32],
    batch: 32,
    peers: ["jax"],
    atMost: 1.5,
  },
  resnet18: {
    title: "ResNet-18 at 64x64",
    inputShape: [3, 64, 64],
    batch: 8,
    peers: ["jax"],
    atMost: 1.5,
  },
};

export const CLASSES = 10;

/** What a framework has to do. A layer's weights go by its name; `T`: its tensors, [n, c, h, w] however they lie. */
export interface Ops<T> {
  conv(x: T, name: string, stride: number, padding: number): T;
  /** By the statistics of the batch; running ones are left alone, which is less work than ours. */
  batchNorm(x: T, name: string): T;
  relu(x: T): T;
  sigmoid(x: T): T;
  /** Means of 2 x 2 pixels. */
  avgPool(x: T): T;
  /** Largest of 3 x 3 pixels at every second, one pixel of padding. */
  maxPool(x: T): T;
  globalAvgPool(x: T): T;
  flatten(x: T): T;
  linear(x: T, name: string): T;
  add(a: T, b: T): T;
  /** Every second pixel, and zeros for further channels. */
  widen(x: T, channels: number): T;
  /** The tensor once more, where tensors are used up. */
  again(x: T): T;
}

function lenet5<T>(ops: Ops<T>, x: T): T {
  let y = ops.avgPool(ops.sigmoid(ops.conv(x, "0", 1, 0)));
  y = ops.avgPool(ops.sigmoid(ops.conv(y, "3", 1, 0)));
  y = ops.sigmoid(ops.linear(ops.flatten(y), "7"));
  return ops.linear(ops.sigmoid(ops.linear(y, "9")), "11");
}

/** Two convolutions and what goes past them. */
function basicBlock<T>(ops: Ops<T>, x: T, name: string, stride: number, side: (x: T) => T): T {
  let y = ops.conv(ops.again(x), `${name}.conv1`, stride, 1);
  y = ops.relu(ops.batchNorm(y, `${name}.bn1`));
  y = ops.batchNorm(ops.conv(y, `${name}.conv2`, 1, 1), `${name}.bn2`);
  return ops.relu(ops.add(y, side(x)));
}

/** Stages of blocks from the stem on; `side` is the way past a block that makes a step. */
function stages<T>(
  ops: Ops<T>,
  stem: T,
  blocks: readonly number[],
  side: (x: T, name: string, stage: number) => T,
): T {
  let x = stem;
  blocks.forEach((count, stage) => {
    for (let i = 0; i < count; i++) {
      const name = `layer${stage + 1}.${i}`;
      const steps = i === 0 && stage > 0;
      x = basicBlock(ops, x, name, steps ? 2 : 1, (y) => (steps ? side(y, name, stage) : y));
    }
  });
  return ops.linear(ops.flatten(ops.globalAvgPool(x)), "fc");
}

function resnet20<T>(ops: Ops<T>, x: T): T {
  const stem = ops.relu(ops.batchNorm(ops.conv(x, "conv1", 1, 1), "bn1"));
  return stages(ops, stem, [3, 3, 3], (y, _name, stage) => ops.widen(y, 16 << stage));
}

function resnet18<T>(ops: Ops<T>, x: T): T {
  const stem = ops.maxPool(ops.relu(ops.batchNorm(ops.conv(x, "conv1", 2, 3), "bn1")));
  return stages(ops, stem, [2, 2, 2, 2], (y, name) =>
    ops.batchNorm(ops.conv(y, `${name}.downsample.0`, 2, 0), `${name}.downsample.1`),
  );
}

export const networks: Readonly<Record<NetworkName, <T>(ops: Ops<T>, x: T) => T>> = {
  lenet5,
  resnet20,
  resnet18,
};
