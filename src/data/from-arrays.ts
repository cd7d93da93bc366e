import { check, checkCount, checkIs, checkOptions, show } from "../errors.js";
import { byteTables, type Normalization, normalizers } from "../image/normalize.js";
import { sizes4 } from "../ops/op.js";
import { formatShape, type Nested, type Shape, sizeOf, Tensor, tensor } from "../tensor.js";
import { checkIndices, type Dataset } from "./dataset.js";

/** Inputs as bytes, channel by channel: `[n, c, h, w]`, `[n, c, l]` or `[n, f]`. */
export interface Bytes {
  readonly data: Uint8Array;
  readonly shape: Shape;
}

export interface ArraysOptions extends Normalization {
  /**
   * Pictures `[n, c, h, w]`, series `[n, c, l]` or features `[n, f]`: a tensor or nested arrays, numbers as they are; or
   * bytes, which are divided by 255. Then `(x - mean) / std`.
   */
  readonly inputs: Tensor | Bytes | Nested;
  /** n class indices; or for regression a tensor of n values or of shape `[n, ...]`. */
  readonly targets: ArrayLike<number> | Tensor;
  /** Names of the classes; "0", "1", ... if left out. */
  readonly classes?: readonly string[];
  /** For messages. */
  readonly name?: string;
  /** Zeros added on each side of pictures, before normalising. Default 0. */
  readonly pad?: number;
}

/**
 * A data set of samples in memory. Bytes stay bytes and become float32 batch by batch. Series are pictures of height 1 to
 * it, and features are channels of one pixel: models built for `[c, l]` and `[f]` take them as they were.
 */
export function fromArrays(options: ArraysOptions): Dataset {
  checkOptions("fromArrays", options, ["inputs", "targets", "classes", "name", "pad", "mean", "std"]);
  const { targets, name = "data set", pad = 0 } = options;
  const inputs = Array.isArray(options.inputs) ? tensor(options.inputs) : (options.inputs as Tensor | Bytes);
  const { data, shape } = inputs ?? {};
  const isData = data instanceof Uint8Array || data instanceof Float32Array;
  const must = "a Tensor, nested arrays, or bytes as { data: a Uint8Array, shape: [n, c, h, w] }";
  checkIs(isData && Array.isArray(shape), `${name}: inputs`, inputs, must);
  check(
    [2, 3, 4].includes(shape.length) &&
      shape.every((size, d) => Number.isInteger(size) && size >= (d === 0 ? 0 : 1)),
    () =>
      `${name}: inputs of shape ${formatShape(shape)}; expected pictures [n, c, h, w], series [n, c, l] or features [n, f].`,
  );
  check(
    data.length === sizeOf(shape),
    () =>
      `${name}: ${data.length} values do not fill the shape ${formatShape(shape)}, which holds ${sizeOf(shape)}.`,
  );
  checkCount(`${name}: pad`, pad, 0);
  check(
    pad === 0 || shape.length === 4,
    () => `${name}: pad is for pictures [n, c, h, w], not for inputs of shape ${formatShape(shape)}.`,
  );
  const [length, c, h, w] = sizes4(shape);
  const targetsOf =
    targets instanceof Tensor
      ? values(targets, length, name)
      : labels(targets, length, options.classes, name);
  const classes = targets instanceof Tensor ? [] : (options.classes ?? numbered(targets));
  check(
    options.classes === undefined || !(targets instanceof Tensor),
    () => `${name}: classes are for targets that are class indices; a tensor has values to approximate.`,
  );

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
  return Array.from({ length: most + 1 }, (_, i) => `${i}`);
}

/** More classes than that are a wrong index, not a list of names to make. */
const MOST_CLASSES = 2 ** 16;

function labels(
  targets: ArrayLike<number>,
  length: number,
  classes: readonly string[] | undefined,
  name: string,
) {
  const isList = typeof targets === "object" && typeof targets?.length === "number";
  checkIs(isList, `${name}: targets`, targets, "a list of class indices, or a tensor of values");
  const named = classes === undefined || Array.isArray(classes);
  checkIs(named, `${name}: classes`, classes, "a list of names");
  checkLength(targets.length, length, name);
  for (let i = 0; i < length; i++) {
    const label = targets[i]!;
    check(
      Number.isInteger(label) && label >= 0 && label < (classes?.length ?? MOST_CLASSES),
      () =>
        `${name}: sample ${i} has the class index ${show(label)}; expected a whole number of ` +
        `0 to ${(classes?.length ?? MOST_CLASSES) - 1}. ` +
        "For values to approximate give a tensor: targets: tensor(values).",
    );
  }
  return (indices: ArrayLike<number>): Int32Array => Int32Array.from(indices, (index) => targets[index]!);
}

function values({ shape, data }: Tensor, length: number, name: string) {
  checkLength(shape[0] ?? 0, length, name);
  const size = sizeOf(shape.slice(1));
  return (indices: ArrayLike<number>): Tensor => {
    const chosen = new Float32Array(indices.length * size);
    for (let i = 0; i < indices.length; i++) {
      chosen.set(data.subarray(indices[i]! * size, (indices[i]! + 1) * size), i * size);
    }
    return new Tensor(chosen, [indices.length, ...shape.slice(1)]);
  };
}

function checkLength(targets: number, inputs: number, name: string): void {
  check(
    targets === inputs,
    () => `${name}: ${targets} targets for ${inputs} inputs; there must be one for each.`,
  );
}
