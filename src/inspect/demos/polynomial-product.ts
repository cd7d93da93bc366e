import type { Input } from "../../functional/call.js";
import { conv1d } from "../../functional/windows.js";
import { colorOf, type Rgb } from "../color-map.js";
import type { Figure, PicturePanel } from "../figure/figure.js";
import { formatNumber } from "../numbers.js";
import { largestDifference, painted } from "./panels.js";
import { vectorOf } from "./picture.js";

const BLANK: Rgb = [247, 247, 247];

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
  const powers = Math.max(1, product.length - 1);
  const colour = (power: number): Rgb => colorOf("viridis", power / powers);
  const scale = { map: "viridis", from: 0, to: powers, label: "power of x" } as const;
  const signed = (value: number): string => (value < 0 ? `(${formatNumber(value)})` : formatNumber(value));
  return {
    title: `(${polynomial(a)}) (${polynomial(b)}) = ${polynomial(product)}`,
    text:
      "Multiplying polynomials multiplies each coefficient of one with each of the other and adds up those of the same power. " +
      "A convolution does the same: it turns the second list around, slides it over the first, multiplies and adds.",
    columns: 2,
    panels: [
      {
        kind: "picture",
        title: "All products of two coefficients",
        caption: `Down: the coefficients of a = (${a.map(formatNumber).join(", ")}), lowest power first; across: those of b = (${b.map(formatNumber).join(", ")}). Products in the same colour belong to the same power of x and are added.`,
        image: painted(b.length, a.length, (i) => colour((i % b.length) + Math.floor(i / b.length))),
        numbers: a.flatMap((x) => b.map((y) => x * y + 0)),
        xNames: b.map((_, j) => `b${j}`),
        yNames: a.map((_, i) => `a${i}`),
        scale,
      },
      { ...sliding(a, b, product.length, colour), scale },
      {
        kind: "table",
        title: "Which products make each coefficient",
        columns: ["power", "products", "numbers", "coefficient"],
        rows: terms.map((pairs, power) => [
          powerOf(power) || "1",
          pairs.map(([i, j]) => `a${i}·b${j}`).join(" + "),
          pairs.map(([i, j]) => `${signed(a[i]!)}·${signed(b[j]!)}`).join(" + "),
          formatNumber(product[power]!),
        ]),
      },
    ],
  };
}

/** a among zeros, and below it a row for each step of b turned around. */
function sliding(
  a: readonly number[],
  b: readonly number[],
  steps: number,
  colour: (power: number) => Rgb,
): PicturePanel {
  const margin = b.length - 1;
  const width = a.length + 2 * margin;
  const columns = Array.from({ length: width }, (_, column) => column);
  // In step p the turned kernel lies over columns p to p + margin.
  const rows = Array.from({ length: steps }, (_, p) => columns.map((x) => b[margin - (x - p)] ?? Number.NaN));
  const numbers = [columns.map((x) => a[x - margin] ?? 0), ...rows].flat();
  return {
    kind: "picture",
    title: "b, turned around, slides over a",
    caption:
      "First row: a, in the box, among zeros. Below it a row for each step: b from right to left. Each number is multiplied with the one " +
      "of the first row in its column; the sum is the coefficient of the power on the left.",
    image: painted(width, steps + 1, (i) =>
      i < width || Number.isNaN(numbers[i]!) ? BLANK : colour(Math.floor(i / width) - 1),
    ),
    numbers,
    yNames: ["a", ...rows.map((_, p) => powerOf(p) || "1")],
    boxes: [{ x: margin, y: 0, width: a.length, height: 1 }],
  };
}

/** `2 + 3x + 4x³`. */
function polynomial(coefficients: readonly number[]): string {
  const terms = coefficients.flatMap((value, power) => {
    if (value === 0) return [];
    const size = Math.abs(value) === 1 && power > 0 ? "" : formatNumber(Math.abs(value));
    return [{ sign: value < 0 ? "−" : "+", text: `${size}${powerOf(power)}` }];
  });
  const [first, ...others] = terms;
  if (!first) return "0";
  return [
    (first.sign === "−" ? "−" : "") + first.text,
    ...others.map(({ sign, text }) => `${sign} ${text}`),
  ].join(" ");
}

/** "", "x", "x²", "x³", "x^4", ... */
function powerOf(power: number): string {
  return ["", "x", "x²", "x³"][power] ?? `x^${power}`;
}
