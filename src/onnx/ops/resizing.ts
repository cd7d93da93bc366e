import { check } from "../../errors.js";
import { affine } from "../../ops/affine.js";
import type { Value } from "../../ops/op.js";
import { resized, type Tap } from "../../ops/resample.js";
import { axesIn } from "../attributes.js";
import { type Call, checkSizes, type Item, live } from "../item.js";
import { checkLength, gatheredItem, listOf } from "./moves.js";
import type { Operators } from "./operator.js";

const TRANSFORMATIONS = [
  "half_pixel",
  "half_pixel_symmetric",
  "pytorch_half_pixel",
  "align_corners",
  "asymmetric",
  "tf_half_pixel_for_nn",
  "tf_crop_and_resize",
] as const;
const NEAREST = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] as const;

type Transformation = (typeof TRANSFORMATIONS)[number];
type Nearest = (typeof NEAREST)[number];

/** How one axis is resized. */
interface Axis {
  readonly from: number;
  readonly to: number;
  /** The size before it was rounded to `to`. */
  readonly length: number;
  /** What positions are divided by: `to / from`, unless rounded sizes make a difference. A float32 number. */
  readonly scale: number;
  /** The part to show, from 0 to 1 for the middles of the first and last pixel: of "tf_crop_and_resize". */
  readonly part: readonly [start: number, end: number];
}

const float32 = Math.fround;

/**
 * Where an output's pixel lies in the input, from 0 for the middle of the first pixel. Every step is rounded to float32,
 * as runtimes do: 3 divided by a scale of 0.6 is 5 then, and just less of it otherwise, which is another nearest pixel.
 */
function positionOf(i: number, { from, to, length, scale, part }: Axis, how: Transformation): number {
  const middle = float32((i + 0.5) / scale);
  switch (how) {
    case "half_pixel":
      return float32(middle - 0.5);
    case "half_pixel_symmetric": {
      // What rounding the size cut off is taken from both ends.
      const offset = float32((from / 2) * float32(1 - float32(to / length)));
      return float32(float32(offset + middle) - 0.5);
    }
    case "pytorch_half_pixel":
      return to > 1 ? float32(middle - 0.5) : 0;
    case "align_corners":
      // Of the size before it was rounded down, as ONNX's own tests have it.
      return length === 1 ? 0 : float32((i * (from - 1)) / float32(length - 1));
    case "asymmetric":
      return float32(i / scale);
    case "tf_half_pixel_for_nn":
      return middle;
    case "tf_crop_and_resize": {
      const [start, end] = part;
      const along = length === 1 ? 0.5 : float32(i / float32(length - 1));
      return float32(float32(start + float32(along * float32(end - start))) * (from - 1));
    }
  }
}

function rounded(position: number, how: Nearest): number {
  switch (how) {
    case "round_prefer_floor":
      return Math.ceil(position - 0.5);
    case "round_prefer_ceil":
      return Math.floor(position + 0.5);
    case "floor":
      return Math.floor(position);
    case "ceil":
      return Math.ceil(position);
  }
}

const clamped = (place: number, size: number): number => Math.min(Math.max(place, 0), size - 1);

/** What a pixel counts at a distance, and from which distance on it does not. */
interface Kernel {
  readonly reach: number;
  readonly of: (distance: number) => number;
}

const linear: Kernel = { reach: 1, of: (distance) => Math.max(0, 1 - distance) };

/** Keys' kernel (1981); `a` is -0.75 in torch and ONNX, -0.5 elsewhere. */
const cubic = (a: number): Kernel => ({
  reach: 2,
  of(d) {
    if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? a * (((d - 5) * d + 8) * d - 4) : 0;
  },
});

/** A kernel as wide as the output's pixels where they are larger than the input's: so that none is left out. */
const widened = ({ reach, of }: Kernel, scale: number): Kernel =>
  scale >= 1 ? { reach, of } : { reach: reach / scale, of: (distance) => of(distance * scale) };

/** The pixels near a position, by their distance. Those beyond the edge are its pixel, or do not count. */
function taps(position: number, size: number, kernel: Kernel, excludesOutside: boolean): Tap[] {
  const weights = new Map<number, number>();
  for (
    let place = Math.ceil(position - kernel.reach);
    place <= Math.floor(position + kernel.reach);
    place++
  ) {
    const weight = kernel.of(Math.abs(position - place));
    const index = clamped(place, size);
    if (weight === 0 || (excludesOutside && index !== place)) continue;
    weights.set(index, (weights.get(index) ?? 0) + weight);
  }
  const sum = [...weights.values()].reduce((a, b) => a + b, 0);
  return [...weights].map(([index, weight]) => ({ index, weight: weight / sum }));
}

/** Places along an axis at most of which each is made of several. */
const MOST_INTERPOLATED = 2 ** 16;

interface How {
  /** Of linear and cubic; undefined for the nearest pixel. */
  readonly kernel: Kernel | undefined;
  readonly antialias: boolean;
  readonly excludesOutside: boolean;
  readonly transformation: Transformation;
  readonly nearest: Nearest;
  /** What lies beyond the edge, where that is not its pixel. */
  readonly beyond: number | undefined;
}

/** Resizes along every axis that changes. */
function resize(call: Call, axes: readonly Axis[], how: How): Item {
  const { kernel, antialias, excludesOutside, transformation, nearest, beyond } = how;
  const item = call.item(0);
  const changes = axes.map(
    ({ from, to, scale, part: [start, end] }) => from !== to || scale !== 1 || start !== 0 || end !== 1,
  );
  const isBeyond = (at: number, size: number): boolean => beyond !== undefined && (at < 0 || at > size - 1);
  checkSizes(axes.map(({ to }) => to));
  const positions = ({ to }: Axis, d: number): number[] =>
    listOf(to, (i) => positionOf(i, axes[d]!, transformation), kernel && MOST_INTERPOLATED);
  if (!kernel) {
    const lists = axes.map((axis, d) =>
      changes[d]
        ? positions(axis, d).map((at) =>
            isBeyond(at, axis.from) ? -1 : clamped(rounded(at, nearest), axis.from),
          )
        : null,
    );
    return gatheredItem(call, item, lists, beyond);
  }
  // No taps give 0, so what is beyond the edge becomes that for the while.
  const shift = (x: Value, by: number): Value =>
    by === 0 ? x : call.graph.add(affine, [x], { scale: 1, shift: by });
  let value = shift(call.valueOf(item), -(beyond ?? 0));
  axes.forEach((axis, d) => {
    if (!changes[d]) return;
    if (antialias) checkLength(axis.from, MOST_INTERPOLATED);
    const own = antialias ? widened(kernel, axis.scale) : kernel;
    value = resized(
      call.graph,
      value,
      d,
      positions(axis, d).map((at) =>
        isBeyond(at, axis.from) ? [] : taps(at, axis.from, own, excludesOutside),
      ),
    );
  });
  return live(shift(value, beyond ?? 0), item.dtype);
}

/** Scales or sizes for the axes named, which are usually all. */
function axesFrom(
  call: Call,
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
): Axis[] {
  const { node } = call;
  const { shape } = call.item(0);
  const named = axesIn(node.ints("axes") ?? shape.map((_, d) => d), shape.length);
  const given = sizes?.length ? sizes : scales;
  check(
    given && given.length === named.length,
    () => `scales or sizes [${given ?? ""}] do not fit the axes [${named}] of [${shape}].`,
  );
  check(
    shape.every((size) => size > 0),
    () => `there is nothing in [${shape}] to resize.`,
  );
  check(
    given.every((one) => Number.isFinite(one) && one > 0),
    () => `scales and sizes must be above 0, not [${given}].`,
  );
  const axes = shape.map((from): Axis => ({ from, to: from, length: from, scale: 1, part: [0, 1] }));
  const roi = node.word("coordinate_transformation_mode", TRANSFORMATIONS, "half_pixel").startsWith("tf_crop")
    ? call.numbers(1)
    : undefined;
  check(!roi || roi.length === 2 * named.length, () => `roi [${roi}] does not fit the axes [${named}].`);
  const policy = node.word("keep_aspect_ratio_policy", ["stretch", "not_larger", "not_smaller"], "stretch");
  const ratios = named.map((d, i) => given[i]! / shape[d]!);
  const common = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
  named.forEach((d, i) => {
    const from = shape[d]!;
    const part = [roi?.[i] ?? 0, roi?.[i + named.length] ?? 1] as const;
    // Scales are float32, and so is what they make of a size: 10 times 0.7 is 7.
    const scale = float32(sizes?.length ? (policy === "stretch" ? given[i]! / from : common) : given[i]!);
    const length = sizes?.length && policy === "stretch" ? given[i]! : float32(from * scale);
    const to = sizes?.length ? Math.floor(length + 0.5) : Math.floor(length);
    axes[d] = { from, to, length, scale, part };
  });
  return axes;
}

function resizeItem(call: Call): Item {
  const { node } = call;
  const old = node.opset < 11;
  const mode = node.word("mode", ["nearest", "linear", "cubic"], "nearest");
  const kernels = { nearest: undefined, linear, cubic: cubic(node.float("cubic_coeff_a", -0.75)) };
  const transformation = node.word(
    "coordinate_transformation_mode",
    TRANSFORMATIONS,
    old ? "asymmetric" : "half_pixel",
  );
  const crops = transformation === "tf_crop_and_resize";
  const how: How = {
    kernel: kernels[mode],
    antialias: node.flag("antialias", false),
    excludesOutside: node.flag("exclude_outside", false),
    transformation,
    nearest: node.word("nearest_mode", NEAREST, old ? "floor" : "round_prefer_floor"),
    beyond: crops ? node.float("extrapolation_value", 0) : undefined,
  };
  const scales = call.numbers(old ? 1 : 2);
  return resize(call, axesFrom(call, scales, old ? undefined : call.numbers(3)), how);
}

/** Scales are an attribute before opset 9. */
function upsample(call: Call): Item {
  const { node } = call;
  const scales = node.opset < 9 ? node.floats("scales") : call.numbers(1);
  const mode = node.word("mode", ["nearest", "linear", "bilinear"], "nearest");
  const how: How = {
    kernel: mode === "nearest" ? undefined : linear,
    antialias: false,
    excludesOutside: false,
    transformation: "asymmetric",
    nearest: "floor",
    beyond: undefined,
  };
  return resize(call, axesFrom(call, scales, undefined), how);
}

/** Pictures larger and smaller. */
export const resizings: Operators = {
  Resize: {
    attributes: [
      "mode",
      "coordinate_transformation_mode",
      "nearest_mode",
      "cubic_coeff_a",
      "exclude_outside",
      "extrapolation_value",
      "antialias",
      "axes",
      "keep_aspect_ratio_policy",
    ],
    content: [1, 2, 3],
    run: resizeItem,
  },
  Upsample: { attributes: ["mode", "scales"], content: [1], run: upsample },
};
