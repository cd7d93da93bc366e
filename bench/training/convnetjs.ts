// ConvNetJS: one sample after the other, in plain JavaScript. It has no mean pooling, so that layer is made here in its manner,
// and no way past layers, so it trains LeNet-5 alone.
import { Tensor } from "featuremap";
import { load } from "../load.js";
import type { Peer, Training } from "./peer.js";

/** Numbers by row, column, channel, and their gradients. */
interface Vol {
  readonly w: Float64Array;
  dw: Float64Array;
  readonly sx: number;
  readonly sy: number;
  readonly depth: number;
}

interface Layer {
  readonly filters?: readonly Vol[];
  readonly biases?: Vol;
}

interface Library {
  readonly Vol: new (sx: number, sy: number, depth: number, value: number) => Vol;
  readonly Net: new () => { readonly layers: object[]; makeLayers(layers: object[]): void };
  readonly Trainer: new (
    net: object,
    options: object,
  ) => { train(x: Vol, target: number): { readonly loss: number } };
}

/** Means of 2 x 2 pixels. */
function meanPool(library: Library): object {
  let x: Vol;
  let y: Vol;
  const each = (visit: (from: number, to: number) => void): void => {
    for (let row = 0; row < x.sy; row++) {
      for (let column = 0; column < x.sx; column++) {
        const from = (row * x.sx + column) * x.depth;
        const to = ((row >> 1) * y.sx + (column >> 1)) * y.depth;
        for (let c = 0; c < x.depth; c++) visit(from + c, to + c);
      }
    }
  };
  return {
    layer_type: "pool",
    forward(input: Vol) {
      x = input;
      y = new library.Vol(x.sx / 2, x.sy / 2, x.depth, 0);
      each((from, to) => {
        y.w[to]! += x.w[from]! / 4;
      });
      return y;
    },
    backward() {
      x.dw = new Float64Array(x.w.length);
      each((from, to) => {
        x.dw[from]! = y.dw[to]! / 4;
      });
    },
    getParamsAndGrads: () => [],
  };
}

export const convnetjs: Peer = {
  name: "ConvNetJS",
  async start({ network, weights, batches, classes, lr, momentum }: Training) {
    if (network !== "lenet5") return null;
    const library = load<Library>("convnetjs");
    const net = new library.Net();
    const conv = (filters: number) => ({
      type: "conv",
      sx: 5,
      filters,
      stride: 1,
      pad: 0,
      activation: "sigmoid",
    });
    const fc = (num_neurons: number) => ({ type: "fc", num_neurons, activation: "sigmoid" });
    const pool = { type: "pool", sx: 2, stride: 2 };
    const input = { type: "input", out_sx: 32, out_sy: 32, out_depth: 1 };
    net.makeLayers([
      input,
      conv(6),
      pool,
      conv(16),
      pool,
      fc(120),
      fc(84),
      { type: "softmax", num_classes: classes },
    ]);
    net.layers.forEach((layer, i) => {
      if ((layer as { layer_type: string }).layer_type === "pool") net.layers[i] = meanPool(library);
    });

    /** Visits each weight: its place among ConvNetJS's numbers (row, column, channel) and among torch's. */
    const learning = (net.layers as Layer[]).filter(({ filters }) => filters);
    const names = ["0", "3", "7", "9", "11"];
    const visit = (work: (theirs: Float64Array, at: number, name: string, index: number) => void): void => {
      learning.forEach(({ filters, biases }, layer) => {
        const name = names[layer]!;
        // The first linear layer reads 5 x 5 pixels of 16 channels.
        const [, c = 1, h = 1, w = 1] = name === "7" ? [0, 16, 5, 5] : weights.get(`${name}.weight`)!.shape;
        filters!.forEach(({ w: numbers }, k) => {
          for (let i = 0; i < c * h * w; i++) {
            const [channel, pixel] = [Math.floor(i / (h * w)), i % (h * w)];
            work(numbers, pixel * c + channel, `${name}.weight`, k * c * h * w + i);
          }
          work(biases!.w, k, `${name}.bias`, k);
        });
      });
    };
    visit((theirs, at, name, index) => {
      theirs[at] = weights.get(name)!.data[index]!;
    });

    const size = batches[0]!.targets.length;
    const trainer = new library.Trainer(net, {
      method: "sgd",
      learning_rate: lr,
      momentum,
      batch_size: size,
    });
    const samples = batches.map(({ inputs }) =>
      Array.from({ length: size }, (_, i) => {
        const vol = new library.Vol(32, 32, 1, 0);
        vol.w.set(inputs.data.subarray(i * 32 * 32, (i + 1) * 32 * 32));
        return vol;
      }),
    );
    let steps = 0;
    return {
      async step() {
        const batch = steps++ % batches.length;
        const { targets } = batches[batch]!;
        let sum = 0;
        samples[batch]!.forEach((x, i) => {
          sum += trainer.train(x, targets[i]!).loss;
        });
        return sum / size;
      },
      weights() {
        const read = new Map(
          [...weights].map(([name, { shape, data }]) => [
            name,
            new Tensor(new Float32Array(data.length), shape),
          ]),
        );
        visit((theirs, at, name, index) => {
          read.get(name)!.data[index] = theirs[at]!;
        });
        return read;
      },
    };
  },
};
