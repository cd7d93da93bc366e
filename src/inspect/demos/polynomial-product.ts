import type { Input } from "../../functional/call.js";
import { conv1d } from "../../functional/windows.js";
import { colorOf } from "../color-map.js";
import type { Figure } from "../figure/figure.js";
import { largestDifference, painted, short } from "./panels.js";
import { vectorOf } from "./picture.js";

/** Two polynomials multiplied by a convolution. */
export interface PolynomialProduct {
  /** Coefficients of the product, lowest power first: the convolution of a and b. */
  readonly product: number[];
  /** For each power: the places [i, j] of the coefficients a[i] b[j] that add up to its coefficient. */
  readonly terms: readonly (readonly (readonly [i: number, j: number])[])[];
  /** Largest distance between the convolution and the sums of the terms: rounding, or something is wrong. */
  readonly largestDifference: number;
  readonly figure: Figure;
}

/**
 * Why a convolution turns its kernel around: it multiplies polynomials. a and b are coefficients, lowest power first.
 * `polynomialProduct([1, 2], [2, -1, 2])` is (1 + 2x)(2 - x + 2x²) = 2 + 3x + 4x³.
 */
export function polynomialProduct(a: Input, b: Input): PolynomialProduct {
  const what = "polynomialProduct";
  const left = vectorOf(`${what}: a`, a);
  const right = vectorOf(`${what}: b`, b);
  const [as, bs] = [[...left.data], [...right.data]];
  const product = [...conv1d(left, right, { flip: true, padding: bs.length - 1 }).data].map((x) => x + 0);

  const terms = product.map((_, power) =>
    as.flatMap((_a, i) => (power - i >= 0 && power - i < bs.length ? [[i, power - i] as const] : [])),
  );
  const sums = terms.map((pairs) => pairs.reduce((sum, [i, j]) => sum + as[i]! * bs[j]!, 0));
  return {
    product,
    terms,
    largestDifference: largestDifference(product, sums),
    figure: figureOf(as, bs, product, terms),
  };
}

function figureOf(
  a: readonly number[],
  b: readonly number[],
  product: readonly number[],
  terms: PolynomialProduct["terms"],
): Figure {
  const margin = b.length - 1;
  const width = a.length + 2 * margin;
  const powers = Math.max(1, product.length - 1);
  // Step p of the sliding: the turned kernel lies over columns p to p + b.length - 1 of the padded a.
  const slid = product.flatMap((_, p) =>
    Array.from({ length: width }, (_x, column) => b[margin - (column - p)] ?? Number.NaN),
  );
  const products = a.flatMap((x) => b.map((y) => x * y + 0));
  const signed = (value: number): string => (value < 0 ? `(${short(value)})` : short(value));
  return {
    title: `${factor(a)} ${factor(b)} = ${polynomial(product)}`,
    text:
      "Multiplying polynomials multiplies each coefficient of one with each of the other and adds up those of the same power. " +
      "A convolution does the same: it turns the second list around, slides it over the first, multiplies and adds.",
    columns: 2,
    panels: [
      {
        kind: "picture",
        title: "All products of two coefficients",
        caption:
          "Down: a, from its lowest power; across: b. Products in the same colour belong to the same power of x and are added.",
        image: painted(b.length, a.length, (i) =>
          colorOf("viridis", ((i % b.length) + Math.floor(i / b.length)) / powers),
        ),
        numbers: products,
        scale: { map: "viridis", from: 0, to: powers, label: "power of x" },
      },
      {
        kind: "picture",
        title: "b, turned around, slides over a",
        caption: `Each row is a step: b from right to left. Inside the box lies a = (${a.map(short).join(", ")}), outside zeros. What lies over a is multiplied with it, and the sum is a coefficient.`,
        image: painted(width, product.length, (i) =>
          Number.isNaN(slid[i]!) ? [247, 247, 247] : colorOf("viridis", Math.floor(i / width) / powers),
        ),
        numbers: slid,
        boxes: [{ x: margin, y: 0, width: a.length, height: product.length, label: "a" }],
        scale: { map: "viridis", from: 0, to: powers, label: "power of x" },
      },
      {
        kind: "table",
        title: "Which products make each coefficient",
        columns: ["power", "products", "numbers", "coefficient"],
        rows: terms.map((pairs, power) => [
          powerOf(power) || "1",
          pairs.map(([i, j]) => `a${lowered(i)} b${lowered(j)}`).join(" + "),
          pairs.map(([i, j]) => `${signed(a[i]!)} · ${signed(b[j]!)}`).join(" + "),
          short(product[power]!),
        ]),
      },
    ],
  };
}

/** `(1 + 2x)`. */
function factor(coefficients: readonly number[]): string {
  return `(${polynomial(coefficients)})`;
}

/** `2 + 3x + 4x³`. */
function polynomial(coefficients: readonly number[]): string {
  const terms = coefficients.flatMap((value, power) => {
    if (value === 0) return [];
    const size = Math.abs(value) === 1 && power > 0 ? "" : short(Math.abs(value));
    return [{ sign: value < 0 ? "−" : "+", text: `${size}${powerOf(power)}` }];
  });
  const [first, ...others] = terms;
  if (!first) return "0";
  return [
    (first.sign === "−" ? "−" : "") + first.text,
    ...others.map(({ sign, text }) => `${sign} ${text}`),
  ].join(" ");
}

const digits = (number: number, from: string): string =>
  [...String(number)].map((d) => from[Number(d)]).join("");
const lowered = (index: number): string => digits(index, "₀₁₂₃₄₅₆₇₈₉");

/** "", "x", "x²", ... */
function powerOf(power: number): string {
  return power === 0 ? "" : power === 1 ? "x" : `x${digits(power, "⁰¹²³⁴⁵⁶⁷⁸⁹")}`;
}
