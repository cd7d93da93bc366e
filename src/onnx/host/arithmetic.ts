// Arithmetic element by element, and sums along axes.

import { check } from "../../errors.js";
import { broadcastShape, stridesOf } from "../../ops/axes.js";
import { type Shape, sizeOf } from "../../tensor.js";
import type { Dtype, HostTensor, Numbers } from "../proto/tensor.js";
import { allocate, checkSameType, isWhole, numbersOf, repeating, walk, whole } from "./host.js";

type Element = number | bigint;
// biome-ignore lint/suspicious/noExplicitAny: the operators of the language take two numbers or two bigints.
type Any = any;

/** What an operator does to two elements of one type; a quotient of whole numbers is cut off. */
const binaries: Record<string, (a: Any, b: Any, whole: boolean) => Any> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b, whole) => (typeof a === "bigint" || !whole ? a / b : Math.trunc(a / b)),
  Min: (a, b) => (a < b || Number.isNaN(a) ? a : b),
  Max: (a, b) => (a > b || Number.isNaN(a) ? a : b),
  Equal: (a, b) => (a === b ? 1 : 0),
  Greater: (a, b) => (a > b ? 1 : 0),
  GreaterOrEqual: (a, b) => (a >= b ? 1 : 0),
  Less: (a, b) => (a < b ? 1 : 0),
  LessOrEqual: (a, b) => (a <= b ? 1 : 0),
  /** Of the divisor's sign. */
  Mod: (a, b) => ((a % b) + b) % b,
  /** Of the dividend's. */
  Fmod: (a, b) => a % b,
  And: (a, b) => a & b,
  Or: (a, b) => a | b,
  Xor: (a, b) => a ^ b,
};

/** Operators whose result is true or false. */
export const COMPARISONS = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"];

/** Two tensors element by element, repeated to a common shape. */
export function binaryHost(operator: string, a: HostTensor, b: HostTensor): HostTensor {
  if (operator !== "Pow") checkSameType(a, b);
  const shape = broadcastShape("its inputs", a.shape, b.shape);
  const dtype: Dtype = COMPARISONS.includes(operator) ? "bool" : a.dtype;
  const data = allocate(dtype, shape, Math.max(a.data.length, b.data.length));
  const whole = isWhole(a.dtype);
  const divides = whole && /^(Div|F?[Mm]od)$/.test(operator);
  check(!divides || numbersOf(b).every((number) => number !== 0), "a whole number is divided by 0.");
  const of = operator === "Pow" ? power(typeof data[0] === "bigint") : binaries[operator]!;
  const [left, right] = [repeated(a, shape), repeated(b, shape)];
  const narrow = whole && operator === "Mul" && /32/.test(dtype);
  for (let i = 0; i < data.length; i++) {
    data[i] = narrow ? Math.imul(left[i] as number, right[i] as number) : of(left[i]!, right[i]!, whole);
  }
  return { dtype, shape, data };
}

/** The exponent may be of another type than the base. */
function power(big: boolean) {
  return (a: Element, b: Element): Element => {
    if (big && typeof b === "bigint" && b >= 0n) return wholePower(a as bigint, b);
    const result = Number(a) ** Number(b);
    if (!big) return result;
    return whole(result);
  };
}

/** By squares, wrapped around to 64 bits on the way. */
function wholePower(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return result;
}

function repeated(x: HostTensor, shape: Shape): Numbers {
  if (x.data.length === sizeOf(shape)) return x.data;
  const data = allocate(x.dtype, shape);
  walk(shape, repeating(x.shape, shape), (i, from) => {
    data[i] = x.data[from]!;
  });
  return data;
}

/** Functions of one number. Whole numbers know the first few only. */
const unaries: Record<string, (x: number) => number> = {
  Neg: (x) => -x,
  Abs: Math.abs,
  Sign: Math.sign,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Round: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  Relu: (x) => Math.max(x, 0),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Tanh: Math.tanh,
  Not: (x) => (x ? 0 : 1),
};

/** Whether constants know the function. */
export function hasUnary(operator: string): boolean {
  return operator in unaries;
}

export function unaryHost(operator: string, x: HostTensor): HostTensor {
  const of = unaries[operator]!;
  const data = allocate(x.dtype, x.shape, x.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = x.data[i]!;
    if (typeof value !== "bigint") data[i] = of(value);
    else if (operator === "Neg") data[i] = -value;
    else if (operator === "Abs") data[i] = value < 0n ? -value : value;
    else data[i] = whole(of(Number(value)));
  }
  return { ...x, data };
}

/** Puts what `of` makes of all numbers along the axes in their place, leaving them with size 1. */
export function reducedHost(
  x: HostTensor,
  axes: readonly number[],
  of: (values: Element[]) => Element,
  dtype = x.dtype,
): HostTensor {
  const shape = x.shape.map((size, d) => (axes.includes(d) ? 1 : size));
  const data = allocate(dtype, shape, x.data.length);
  const strides = stridesOf(x.shape);
  const inner = axes.map((d) => x.shape[d]!);
  const innerStrides = axes.map((d) => strides[d]!);
  walk(
    shape,
    strides.map((stride, d) => (axes.includes(d) ? 0 : stride)),
    (i, start) => {
      const values: Element[] = [];
      walk(inner, innerStrides, (_, from) => values.push(x.data[start + from]!));
      data[i] = of(values);
    },
  );
  return { dtype, shape, data };
}
