import { check, checkOptions } from "../errors.js";
import { byteTables, type Normalization, normalizers } from "../image/normalize.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";
import { checkIndices, type Dataset } from "./dataset.js";

/** Pictures as bytes, channel by channel: `[n, c, h, w]`. */
export interface Bytes {
  readonly data: Uint8Array;
  readonly shape: Shape;
}

export interface ArraysOptions extends Normalization {
  /** `[n, c, h, w]`, numbers as they are or bytes, which are divided by 255; then `(x - mean) / std`. */
  readonly inputs: Tensor | Bytes;
  /** n class indices; or for regression a tensor of n values or of shape `[n, ...]`. */
  readonly targets: ArrayLike<number> | Tensor;
  /** Names of the classes; "0", "1", ... if left out. */
  readonly classes?: readonly string[];
  /** For messages. */
  readonly name?: string;
  /** Zeros added on each side, before normalising. Default 0. */
  readonly pad?: number;
}

/** A data set of samples in memory. Bytes stay bytes and become float32 batch by batch. */
export function fromArrays(options: ArraysOptions): Dataset {
  checkOptions("fromArrays", options, ["inputs", "targets", "classes", "name", "pad", "mean", "std"]);
  const { inputs, targets, name = "data set", pad = 0 } = options;
  const { data, shape } = inputs;
  check(
    shape.length === 4 && shape.every((size, d) => Number.isInteger(size) && size >= (d === 0 ? 0 : 1)),
    () => `${name}: inputs of shape ${formatShape(shape)}; expected [n, c, h, w].`,
  );
  check(
    data.length === sizeOf(shape),
    () =>
      `${name}: ${data.length} values do not fill the shape ${formatShape(shape)}, which holds ${sizeOf(shape)}.`,
  );
  check(
    Number.isInteger(pad) && pad >= 0,
    () => `${name}: pad must be a whole number of 0 or more, not ${pad}.`,
  );
  const [length, c, h, w] = shape as [number, number, number, number];
  const classes = targets instanceof Tensor ? [] : (options.classes ?? numbered(targets));
  const targetsOf =
    targets instanceof Tensor ? values(targets, length, name) : labels(targets, length, classes, name);

  const tables = data instanceof Uint8Array ? byteTables(name, c, options) : undefined;
  const normalize = normalizers(name, c, options);
  const planes =
    data instanceof Uint8Array ? data : data.map((x, i) => normalize[Math.floor(i / (h * w)) % c]!(x));
  const background = normalize.map((channel) => channel(0));
  const [outH, outW] = [h + 2 * pad, w + 2 * pad];
  const dataset: Dataset = {
    name,
    length,
    classes,
    background,
    shape: [c, outH, outW],
    get(indices) {
      checkIndices(dataset, indices);
      const result = new Float32Array(indices.length * c * outH * outW);
      for (let plane = 0; plane < indices.length * c; plane++) {
        const channel = plane % c;
        const table = tables?.[channel];
        const out = plane * outH * outW;
        if (pad > 0) result.fill(background[channel]!, out, out + outH * outW);
        let from = (indices[(plane - channel) / c]! * c + channel) * h * w;
        for (let y = 0; y < h; y++, from += w) {
          const to = out + (y + pad) * outW + pad;
          if (table) for (let x = 0; x < w; x++) result[to + x] = table[planes[from + x]!]!;
          else result.set(planes.subarray(from, from + w), to);
        }
      }
      return { inputs: new Tensor(result, [indices.length, c, outH, outW]), targets: targetsOf(indices) };
    },
  };
  return dataset;
}

function numbered(targets: ArrayLike<number>): string[] {
  let most = -1;
  for (let i = 0; i < targets.length; i++) most = Math.max(most, targets[i]!);
  // A wrong index is reported by the check of the labels, not by a list that does not fit into memory.
  return Array.from({ length: Math.min(Number.isInteger(most) ? most + 1 : 0, 2 ** 16) }, (_, i) => `${i}`);
}

function labels(targets: ArrayLike<number>, length: number, classes: readonly string[], name: string) {
  checkCount(targets.length, length, name);
  for (let i = 0; i < length; i++) {
    const label = targets[i]!;
    check(
      Number.isInteger(label) && label >= 0 && label < classes.length,
      () =>
        `${name}: sample ${i} has the class index ${label}; expected a whole number of 0 to ${classes.length - 1}.`,
    );
  }
  return (indices: ArrayLike<number>): Int32Array => Int32Array.from(indices, (index) => targets[index]!);
}

function values({ shape, data }: Tensor, length: number, name: string) {
  checkCount(shape[0] ?? 0, length, name);
  const size = sizeOf(shape.slice(1));
  return (indices: ArrayLike<number>): Tensor => {
    const chosen = new Float32Array(indices.length * size);
    for (let i = 0; i < indices.length; i++) {
      chosen.set(data.subarray(indices[i]! * size, (indices[i]! + 1) * size), i * size);
    }
    return new Tensor(chosen, [indices.length, ...shape.slice(1)]);
  };
}

function checkCount(targets: number, inputs: number, name: string): void {
  check(
    targets === inputs,
    () => `${name}: ${targets} targets for ${inputs} inputs; there must be one for each.`,
  );
}
