// Training written out: a small network in plain float64 loops, its gradient by central differences, and the textbook
// form of each optimiser. Shares nothing with the library.

export type Numbers = Record<string, Float64Array>;

/** conv2d(2, 3) on [1, 5, 5], batchNorm2d, sigmoid, flatten, linear(3). Names are those of the library's model. */
export const shapes: Readonly<Record<string, number>> = {
  "0.weight": 2 * 9,
  "0.bias": 2,
  "1.weight": 2,
  "1.bias": 2,
  "4.weight": 3 * 18,
  "4.bias": 3,
};

/** Mean cross entropy of the network's scores; optionally also the statistics of the batch in its second layer. */
export function lossOf(
  p: Numbers,
  inputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  statistics?: number[][],
): number {
  const n = targets.length;
  const maps = new Float64Array(n * 18);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < 2; k++) {
      for (let y = 0; y < 3; y++) {
        for (let x = 0; x < 3; x++) {
          let sum = p["0.bias"]![k]!;
          for (let j = 0; j < 9; j++) {
            sum += p["0.weight"]![k * 9 + j]! * inputs[i * 25 + (y + Math.floor(j / 3)) * 5 + x + (j % 3)]!;
          }
          maps[i * 18 + k * 9 + y * 3 + x] = sum;
        }
      }
    }
  }
  for (let k = 0; k < 2; k++) {
    const places = Array.from(maps.keys()).filter((at) => Math.floor((at % 18) / 9) === k);
    const mean = places.reduce((sum, at) => sum + maps[at]!, 0) / places.length;
    const squares = places.reduce((sum, at) => sum + (maps[at]! - mean) ** 2, 0);
    statistics?.push([mean, squares / (places.length - 1)]);
    const deviation = Math.sqrt(squares / places.length + 1e-5);
    for (const at of places) {
      const normal = ((maps[at]! - mean) / deviation) * p["1.weight"]![k]! + p["1.bias"]![k]!;
      maps[at] = 1 / (1 + Math.exp(-normal));
    }
  }
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const scores = [0, 1, 2].map((c) => {
      let sum = p["4.bias"]![c]!;
      for (let j = 0; j < 18; j++) sum += p["4.weight"]![c * 18 + j]! * maps[i * 18 + j]!;
      return sum;
    });
    loss += Math.log(scores.reduce((sum, score) => sum + Math.exp(score - scores[targets[i]!]!), 0)) / n;
  }
  return loss;
}

const STEP = 1e-5;

export function gradientOf(p: Numbers, inputs: ArrayLike<number>, targets: ArrayLike<number>): Numbers {
  const gradient: Numbers = {};
  for (const [name, values] of Object.entries(p)) {
    gradient[name] = values.map((value, i) => {
      const at = (moved: number): number => {
        values[i] = moved;
        return lossOf(p, inputs, targets);
      };
      const slope = (at(value + STEP) - at(value - STEP)) / (2 * STEP);
      values[i] = value;
      return slope;
    });
  }
  return gradient;
}

/** Length of a gradient over all parameters. */
export function normOf(gradient: Numbers): number {
  return Math.sqrt(Object.values(gradient).reduce((sum, g) => g.reduce((s, x) => s + x * x, sum), 0));
}

/** Scales a gradient down to a length, as torch.nn.utils.clip_grad_norm_. */
export function clip(gradient: Numbers, limit: number): Numbers {
  const scale = Math.min(1, limit / (normOf(gradient) + 1e-6));
  return Object.fromEntries(Object.entries(gradient).map(([name, g]) => [name, g.map((x) => x * scale)]));
}

/** Changes a parameter in step t, counted from 1, by its gradient and what it keeps between steps. */
export type Rule = (t: number, p: number, g: number, kept: { a: number; b: number }) => number;

/** torch.optim.SGD. */
export const sgdRule =
  (lr: number, momentum: number, decay: number, dampening: number, nesterov: boolean): Rule =>
  (t, p, g, kept) => {
    g += decay * p;
    kept.a = t === 1 ? g : momentum * kept.a + (1 - dampening) * g;
    return p - lr * (nesterov ? g + momentum * kept.a : momentum === 0 ? g : kept.a);
  };

/** torch.optim.Adam and AdamW. */
export const adamRule =
  (lr: number, [b1, b2]: [number, number], eps: number, decay: number, decoupled: boolean): Rule =>
  (t, p, g, kept) => {
    if (decoupled) p -= lr * decay * p;
    else g += decay * p;
    kept.a = b1 * kept.a + (1 - b1) * g;
    kept.b = b2 * kept.b + (1 - b2) * g * g;
    return p - (lr * (kept.a / (1 - b1 ** t))) / (Math.sqrt(kept.b / (1 - b2 ** t)) + eps);
  };
