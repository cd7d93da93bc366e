// A few layers as plain loops in float64, to differentiate by differences.

export interface Array64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** An array whose elements are computed from their index. */
function make(shape: readonly number[], element: (index: number[]) => number): Array64 {
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = element(index);
    for (let d = shape.length - 1; d >= 0 && ++index[d]! === shape[d]; d--) index[d] = 0;
  }
  return { shape, data };
}

const at = ({ shape, data }: Array64, ...index: number[]): number =>
  data[index.reduce((offset, i, d) => offset * shape[d]! + i, 0)]!;

export const map = (x: Array64, f: (value: number) => number): Array64 => ({ ...x, data: x.data.map(f) });

export const plus = (a: Array64, b: Array64): Array64 => ({
  ...a,
  data: a.data.map((value, i) => value + b.data[i]!),
});

/** Stride 1, the same zeros on all sides. */
export function conv(x: Array64, w: Array64, b: Array64, padding: number): Array64 {
  const [n, c, h, width] = x.shape as [number, number, number, number];
  const [k, , kh, kw] = w.shape as [number, number, number, number];
  return make([n, k, h + 2 * padding - kh + 1, width + 2 * padding - kw + 1], (index) => {
    const [i, o, y, z] = index as [number, number, number, number];
    let sum = b.data[o]!;
    for (let ch = 0; ch < c; ch++) {
      for (let dy = 0; dy < kh; dy++) {
        for (let dx = 0; dx < kw; dx++) {
          const [row, column] = [y + dy - padding, z + dx - padding];
          if (row < 0 || column < 0 || row >= h || column >= width) continue;
          sum += at(w, o, ch, dy, dx) * at(x, i, ch, row, column);
        }
      }
    }
    return sum;
  });
}

/** By the statistics of the batch. */
export function batchNorm(x: Array64, weight: Array64, bias: Array64, eps: number): Array64 {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const count = n * h * w;
  const mean = new Float64Array(c);
  const variance = new Float64Array(c);
  make(x.shape, ([i, ch, y, z]) => (mean[ch!]! += at(x, i!, ch!, y!, z!) / count));
  make(x.shape, ([i, ch, y, z]) => (variance[ch!]! += (at(x, i!, ch!, y!, z!) - mean[ch!]!) ** 2 / count));
  return make(x.shape, ([i, ch, y, z]) => {
    const normal = (at(x, i!, ch!, y!, z!) - mean[ch!]!) / Math.sqrt(variance[ch!]! + eps);
    return normal * weight.data[ch!]! + bias.data[ch!]!;
  });
}

/** Windows of 2 x 2 side by side. */
export function pool(x: Array64, combine: (a: number, b: number, c: number, d: number) => number): Array64 {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return make([n, c, Math.floor(h / 2), Math.floor(w / 2)], ([i, ch, y, z]) => {
    const pixel = (dy: number, dx: number) => at(x, i!, ch!, 2 * y! + dy, 2 * z! + dx);
    return combine(pixel(0, 0), pixel(0, 1), pixel(1, 0), pixel(1, 1));
  });
}

export function concat(a: Array64, b: Array64): Array64 {
  const [n, c, h, w] = a.shape as [number, number, number, number];
  return make([n, c + b.shape[1]!, h, w], ([i, ch, y, z]) =>
    ch! < c ? at(a, i!, ch!, y!, z!) : at(b, i!, ch! - c, y!, z!),
  );
}

export function flatten(x: Array64): Array64 {
  return { ...x, shape: [x.shape[0]!, x.data.length / x.shape[0]!] };
}

export function linear(x: Array64, w: Array64, b: Array64): Array64 {
  return make([x.shape[0]!, w.shape[0]!], ([i, o]) => {
    let sum = b.data[o!]!;
    for (let j = 0; j < w.shape[1]!; j++) sum += at(w, o!, j) * at(x, i!, j);
    return sum;
  });
}

/** Mean over the batch; a share `smoothing` of the target is spread over all classes. */
export function crossEntropy(scores: Array64, targets: readonly number[], smoothing: number): number {
  const [n, classes] = scores.shape as [number, number];
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const row = Array.from({ length: classes }, (_, k) => at(scores, i, k));
    const log = Math.log(row.reduce((sum, score) => sum + Math.exp(score), 0));
    row.forEach((score, k) => {
      loss -= ((k === targets[i] ? 1 - smoothing : 0) + smoothing / classes) * (score - log);
    });
  }
  return loss / n;
}
