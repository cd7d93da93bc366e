import { check, show } from "../../errors.js";
import type { Shape } from "../../tensor.js";
import type { NodeInfo } from "../attributes.js";

/** A window sliding over h and w. In one dimension h is 1 and takes no part. */
export interface Window {
  readonly kh: number;
  readonly kw: number;
  readonly sh: number;
  readonly sw: number;
  readonly dh: number;
  readonly dw: number;
}

/** What is added around the input; negative sizes crop. */
export interface Pads {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export const AUTO_PADS = ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"] as const;
export type AutoPad = (typeof AUTO_PADS)[number];

export const WINDOW_ATTRIBUTES = ["auto_pad", "kernel_shape", "strides", "dilations", "pads"];

/** Throws, naming the number of dimensions, where an operator with windows is not for images or series. */
export function checkImages(shape: Shape): void {
  const dimensions = shape.length - 2;
  check(
    dimensions === 1 || dimensions === 2,
    () =>
      `its input has the shape [${shape}]: ${dimensions}-D is not supported, only 1-D ([n, c, l]) and 2-D ([n, c, h, w]).`,
  );
}

/** [height, width] of an attribute with one number for each of the dimensions. */
export function alongImage(
  node: NodeInfo,
  name: string,
  dimensions: number,
  otherwise: number,
): [number, number] {
  return pairOf(name, node.ints(name) ?? Array<number>(dimensions).fill(otherwise), dimensions);
}

function pairOf(name: string, sizes: readonly number[], dimensions: number): [number, number] {
  check(
    sizes.length === dimensions && sizes.every((size) => Number.isSafeInteger(size) && size >= 1),
    () => `${name} is ${show(sizes)}; it must be ${dimensions} whole number(s) of at least 1.`,
  );
  return dimensions === 1 ? [1, sizes[0]!] : [sizes[0]!, sizes[1]!];
}

/** The window that the attributes describe; `kernel` is what the weight says, if there is one. */
export function windowOf(node: NodeInfo, dimensions: number, kernel?: readonly number[]): Window {
  const own = node.ints("kernel_shape");
  check(
    !own || !kernel || own.every((size, d) => size === kernel[d]),
    () => `kernel_shape is [${own}], but the weight has a window of [${kernel}].`,
  );
  const sizes = own ?? kernel;
  check(sizes, () => "kernel_shape is missing.");
  const [kh, kw] = pairOf("kernel_shape", sizes, dimensions);
  const [sh, sw] = alongImage(node, "strides", dimensions, 1);
  const [dh, dw] = alongImage(node, "dilations", dimensions, 1);
  return { kh, kw, sh, sw, dh, dw };
}

/** What `total` pixels of automatic padding come to before and after: the odd one goes after with SAME_UPPER. */
export function shared(total: number, auto: AutoPad): [before: number, after: number] {
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
  return auto === "SAME_LOWER" ? [more, less] : [less, more];
}

/** Explicit pads: [h before, w before, h after, w after], or [before, after] in one dimension. */
export function explicitPads(node: NodeInfo, dimensions: number): Pads {
  const pads = node.ints("pads") ?? Array<number>(2 * dimensions).fill(0);
  check(
    pads.length === 2 * dimensions && pads.every(Number.isSafeInteger),
    () => `pads is ${show(pads)}; it must be ${2 * dimensions} whole numbers.`,
  );
  if (dimensions === 1) return { top: 0, left: pads[0]!, bottom: 0, right: pads[1]! };
  return { top: pads[0]!, left: pads[1]!, bottom: pads[2]!, right: pads[3]! };
}

/** The padding of a window over a picture of [h, w]. */
export function padsOf(
  node: NodeInfo,
  [h, w]: readonly [number, number],
  { kh, kw, sh, sw, dh, dw }: Window,
  dimensions: number,
): Pads {
  const auto = node.word("auto_pad", AUTO_PADS, "NOTSET");
  if (auto === "NOTSET") return explicitPads(node, dimensions);
  if (auto === "VALID") return { top: 0, left: 0, bottom: 0, right: 0 };
  const along = (size: number, kernel: number, stride: number, dilation: number): [number, number] => {
    const count = Math.ceil(size / stride);
    return shared(Math.max(0, (count - 1) * stride + (kernel - 1) * dilation + 1 - size), auto);
  };
  const [top, bottom] = dimensions === 1 ? [0, 0] : along(h, kh, sh, dh);
  const [left, right] = along(w, kw, sw, dw);
  return { top, left, bottom, right };
}

/** Throws unless a number of channels falls into groups. */
export function checkGroups(groups: number): void {
  check(Number.isSafeInteger(groups) && groups >= 1, () => `group is ${groups}; it must be at least 1.`);
}
