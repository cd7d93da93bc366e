// Numbers that are known while a network is traced: shapes, axes, constants. Plain loops, exact in each element type.

import { check } from "../../errors.js";
import { stridesOf } from "../../ops/axes.js";
import { formatShape, type Shape, sizeOf } from "../../tensor.js";
import { checkShape, type Dtype, type HostTensor, type Numbers, zeros } from "../proto/tensor.js";

/** Elements that a computed constant may have: what a file claims takes no more memory than that. */
const MOST_ELEMENTS = 2 ** 22;

/** Zeros of a shape. Throws where it is larger than anything that constants are computed for. */
export function allocate(dtype: Dtype, shape: Shape, least = 0): Numbers {
  checkShape("a constant", shape);
  const count = sizeOf(shape);
  check(
    count <= Math.max(MOST_ELEMENTS, least),
    () =>
      `a constant of the shape ${formatShape(shape)} is larger than the ${MOST_ELEMENTS} numbers allowed.`,
  );
  return zeros(dtype, count);
}

/** Whether the numbers are whole, and how they divide. */
export function isWhole(dtype: Dtype): boolean {
  return !/float/.test(dtype);
}

/** A list of whole numbers: int64 rounded beyond 2^53. */
export function numbersOf({ data }: HostTensor): number[] {
  return Array.from(data as Float32Array, Number);
}

/** A tensor of a list of numbers. */
export function hostOf(dtype: Dtype, values: readonly number[], shape: Shape = [values.length]): HostTensor {
  const data = zeros(dtype, values.length);
  values.forEach((value, i) => {
    data[i] = typeof data[i] === "bigint" ? whole(value) : value;
  });
  return { dtype, shape, data };
}

/** The numbers as float32, for a graph. */
export function floatsOf({ data }: HostTensor): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data as Float64Array, Number);
}

/** Of the halves of a float32: bits of the fraction, the least exponent, and from where on numbers are infinite. */
const halves = {
  float16: { bits: 10, least: -14, infinite: 65520 },
  bfloat16: { bits: 7, least: -126, infinite: 2 ** 128 * (1 - 2 ** -9) },
};

/** The nearest number that half precision has, of two the even one. */
function toHalf(value: number, dtype: keyof typeof halves): number {
  const { bits, least, infinite } = halves[dtype];
  const size = Math.abs(value);
  if (size >= infinite) return value * Infinity;
  if (size === 0 || Number.isNaN(value)) return value;
  const step = 2 ** (Math.max(Math.floor(Math.log2(size)), least) - bits);
  const steps = value / step;
  const below = Math.floor(steps);
  const up = steps - below > 0.5 || (steps - below === 0.5 && below % 2 !== 0);
  return (up ? below + 1 : below) * step;
}

/** A number as an element of the type: whole, wrapped around, or rounded. */
export function convert(tensor: HostTensor, dtype: Dtype): HostTensor {
  const { data: from, shape } = tensor;
  if (dtype === tensor.dtype) return tensor;
  const data = zeros(dtype, from.length);
  const big = typeof data[0] === "bigint";
  for (let i = 0; i < from.length; i++) {
    const value = from[i]!;
    if (dtype === "bool") data[i] = Number(value) !== 0 ? 1 : 0;
    else if (dtype === "float16" || dtype === "bfloat16") data[i] = toHalf(Number(value), dtype);
    else if (!isWhole(dtype)) data[i] = Number(value);
    else if (big) data[i] = typeof value === "bigint" ? value : whole(value);
    else data[i] = typeof value === "bigint" ? Number(BigInt.asIntN(32, value)) : Math.trunc(value);
  }
  return { dtype, shape, data };
}

/** A number cut off to an int64. */
export function whole(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

/** Throws unless two tensors have numbers that can be put together. */
export function checkSameType(a: HostTensor, b: HostTensor): void {
  check(
    a.dtype === b.dtype || !(isWhole(a.dtype) || isWhole(b.dtype)),
    () => `numbers of ${a.dtype} and of ${b.dtype} do not go together. Cast them to one type.`,
  );
}

/** Calls `visit(i, from)` for each element i of `shape`, with the place under strides that repeat or skip. */
export function walk(
  shape: Shape,
  strides: readonly number[],
  visit: (i: number, from: number) => void,
): void {
  const rank = shape.length;
  const count = sizeOf(shape);
  const index = new Array<number>(rank).fill(0);
  let from = 0;
  for (let i = 0; i < count; i++) {
    visit(i, from);
    for (let d = rank - 1; d >= 0; d--) {
      from += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      from -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
}

/** Strides that repeat a tensor of shape `from` over `to`. */
export function repeating(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  return to.map((_, d) => {
    const own = d - to.length + from.length;
    return own < 0 || from[own] === 1 ? 0 : strides[own]!;
  });
}
