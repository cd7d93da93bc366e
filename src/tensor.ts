import { check, checkIs, show } from "./errors.js";

/** Sizes of a tensor, outermost first. Images are `[n, c, h, w]`. */
export type Shape = readonly number[];

/** Numbers nested to the depth of a tensor's rank. */
export type Nested = number | readonly Nested[];

/** How many elements a shape holds; 1 for the empty shape of a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** `2x3x4`, for error messages and tables. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** A dense float32 array with a shape, row-major: what goes into a model and what comes out of it. */
export class Tensor {
  readonly shape: Shape;
  readonly data: Float32Array;

  constructor(data: Float32Array, shape: Shape) {
    // By its tag: what was made in another frame is no instance of this one's Float32Array.
    checkIs(data?.[Symbol.toStringTag] === "Float32Array", "Tensor: the data", data, "a Float32Array");
    checkIs(Array.isArray(shape), "Tensor: the shape", shape, "an array of sizes, such as [2, 3]");
    check(
      shape.every((size) => Number.isInteger(size) && size >= 0),
      () => `Tensor: the shape ${formatShape(shape)} has a size that is not a whole number of 0 or more.`,
    );
    check(
      data.length === sizeOf(shape),
      () =>
        `Tensor: ${data.length} values do not fill the shape ${formatShape(shape)}, which holds ${sizeOf(shape)}.`,
    );
    this.data = data;
    this.shape = [...shape];
  }

  /** Number of elements. */
  get size(): number {
    return this.data.length;
  }

  /** The element at one index per dimension. */
  at(...index: number[]): number {
    check(
      index.length === this.shape.length &&
        index.every((i, d) => Number.isInteger(i) && i >= 0 && i < this.shape[d]!),
      () => `Tensor: no element [${index.join(", ")}] in the shape ${formatShape(this.shape)}.`,
    );
    return this.data[index.reduce((offset, i, d) => offset * this.shape[d]! + i, 0)]!;
  }

  /** The same values under another shape of the same size; the data is shared. */
  reshape(...shape: number[]): Tensor {
    return new Tensor(this.data, shape);
  }

  /** The values as nested arrays, for printing and comparing. */
  toNested(): Nested {
    const nested = ([size, ...inner]: Shape, start: number): Nested => {
      if (size === undefined) return this.data[start]!;
      return Array.from({ length: size }, (_, i) => nested(inner, start + i * sizeOf(inner)));
    };
    return nested(this.shape, 0);
  }
}

function checkList(level: unknown): void {
  const isList = Array.isArray(level) || ArrayBuffer.isView(level);
  check(isList, () => `tensor: ${show(level)} is neither a number nor an array.`);
}

/** A tensor of nested numbers, `tensor([[1, 2], [3, 4]])`, or of flat ones with a shape, `tensor(values, [2, 2])`. */
export function tensor(values: Nested | ArrayLike<number>, shape?: Shape): Tensor {
  if (shape !== undefined) {
    checkList(values);
    const flat = values as ArrayLike<number>;
    check(!Array.isArray(flat[0]), "tensor: give flat values with a shape, or nested ones without.");
    for (let i = 0; i < flat.length; i++) {
      check(
        typeof flat[i] === "number",
        () => `tensor: value ${i} is ${show(flat[i])}; it must be a number.`,
      );
    }
    return new Tensor(Float32Array.from(flat), shape);
  }
  if (ArrayBuffer.isView(values)) return tensor(values as Float32Array, [(values as Float32Array).length]);
  const sizes: number[] = [];
  for (let level = values as Nested; typeof level !== "number"; level = level[0] as Nested) {
    checkList(level);
    sizes.push(level.length);
    if (level.length === 0) break;
  }
  const flat: number[] = [];
  const visit = (level: Nested, depth: number): void => {
    if (typeof level === "number") {
      check(depth === sizes.length, "tensor: the nested arrays have uneven depth.");
      flat.push(level);
      return;
    }
    checkList(level);
    check(
      level.length === sizes[depth],
      () =>
        `tensor: ragged nested arrays, ${level.length} values where the first row has ${sizes[depth] ?? 0}.`,
    );
    for (const item of level) visit(item, depth + 1);
  };
  visit(values as Nested, 0);
  return new Tensor(Float32Array.from(flat), sizes);
}
