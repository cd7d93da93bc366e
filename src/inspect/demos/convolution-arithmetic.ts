import { check, checkCount, checkIs, checkOptions } from "../../errors.js";
import { conv1d } from "../../functional/windows.js";
import { Tensor } from "../../tensor.js";
import type { Rgb } from "../color-map.js";
import type { Figure } from "../figure/figure.js";
import { counted } from "../numbers.js";
import { painted } from "./panels.js";

export interface ConvolutionArithmeticOptions {
  /** Size of the input. */
  readonly size: number;
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
  /** Pixels on both sides, or [before, after]. Default 0. */
  readonly padding?: number | readonly [before: number, after: number];
  /** Default 1. */
  readonly dilation?: number;
}

export interface ConvolutionArithmetic {
  /** Size of the output. */
  readonly size: number;
  /** `floor((7 + 1 + 1 - 2 (3 - 1) - 1) / 2) + 1 = 3`. */
  readonly formula: string;
  /** For each output, the places of the input that its window takes. Places in the padding lie below 0 or from the size on. */
  readonly sees: readonly (readonly number[])[];
  /** Places of the input that no window takes. */
  readonly unused: readonly number[];
  readonly figure: Figure;
}

/** Places, and outputs, up to which each has its name and its weight's number written out. */
const NAMED = 64;

const INPUT: Rgb = [236, 240, 244];
const PADDING: Rgb = [200, 204, 210];
const TAKEN: Rgb = [33, 102, 172];
const TAKEN_PADDING: Rgb = [146, 197, 222];

/**
 * Which inputs each output of a convolution sees, in one dimension (Dumoulin and Visin, 2016): found by convolving unit vectors
 * with a kernel of ones.
 */
export function convolutionArithmetic(options: ConvolutionArithmeticOptions): ConvolutionArithmetic {
  const what = "convolutionArithmetic";
  checkOptions(what, options, ["size", "kernel", "stride", "padding", "dilation"]);
  const { size, kernel, stride = 1, padding = 0, dilation = 1 } = options;
  for (const [name, value] of Object.entries({ size, kernel, stride, dilation })) {
    checkCount(`${what}: ${name}`, value, 1, 1024);
  }
  const sides = typeof padding === "number" ? [padding, padding] : padding;
  const isPair = Array.isArray(sides) && sides.length === 2;
  checkIs(isPair, `${what}: padding`, padding, "a number, or [before, after]");
  const [before, after] = sides as [number, number];
  checkCount(`${what}: padding before`, before, 0, 1024);
  checkCount(`${what}: padding after`, after, 0, 1024);
  const width = before + size + after;
  const reach = dilation * (kernel - 1) + 1;
  check(
    reach <= width,
    () =>
      `${what}: the kernel covers ${reach} places, more than the ${width} of the padded input. Use more padding, a smaller ` +
      "kernel or dilation, or a larger input.",
  );

  // Unit vectors as a batch: [i, 0, o] is 1 where output o sees place i.
  const units = new Float32Array(width * width);
  for (let i = 0; i < width; i++) units[i * width + i] = 1;
  const ones = new Tensor(new Float32Array(kernel).fill(1), [1, 1, kernel]);
  const seen = conv1d(new Tensor(units, [width, 1, width]), ones, { stride, dilation });
  const outputs = seen.shape[2]!;
  const places = Array.from({ length: width }, (_, i) => i);
  const sees = Array.from({ length: outputs }, (_, o) =>
    places.filter((i) => seen.data[i * outputs + o] === 1).map((i) => i - before),
  );
  const used = new Set(sees.flat());
  const unused = Array.from({ length: size }, (_, i) => i).filter((i) => !used.has(i));
  const formula = `floor((${size} + ${before} + ${after} - ${dilation} (${kernel} - 1) - 1) / ${stride}) + 1 = ${outputs}`;
  const isNamed = Math.max(width, outputs) <= NAMED;
  return {
    size: outputs,
    formula,
    sees,
    unused,
    figure: {
      title: `${counted(size, "input")}, a kernel of ${kernel}, stride ${stride}, padding ${before === after ? before : `${before} and ${after}`}, dilation ${dilation}: ${counted(outputs, "output")}`,
      text:
        `Each row is an output, each column a place of the input. The dark places are those that its window takes${isNamed ? ", numbered as the kernel's weights" : ""}: ` +
        "the next window lies a stride further, and the dilation is the distance between two places of one window.",
      columns: 1,
      panels: [
        {
          kind: "picture",
          title: "What each output sees",
          caption:
            "Inside the box: the input, its places counted from 0. Outside: padding, zeros. " +
            (unused.length > 0
              ? `No window takes ${unused.length === 1 ? "place" : "places"} ${unused.join(", ")}.`
              : "Every input is seen by an output."),
          image: arrangement(sees, before, size, width),
          ...(isNamed && {
            numbers: sees.flatMap((window) =>
              places.map((i) => {
                const tap = window.indexOf(i - before);
                return tap < 0 ? Number.NaN : tap;
              }),
            ),
            xNames: places.map((i) => (i < before || i >= before + size ? "pad" : String(i - before))),
            yNames: sees.map((_, o) => `output ${o}`),
          }),
          boxes: [{ x: before, y: 0, width: size, height: outputs }],
        },
        {
          kind: "table",
          title: "Output size: floor((in + before + after − dilation (kernel − 1) − 1) / stride) + 1",
          columns: ["in", "before", "after", "kernel", "dilation", "stride", "out"],
          rows: [[size, before, after, kernel, dilation, stride, formula.replaceAll("-", "−")]],
        },
      ],
    },
  };
}

function arrangement(sees: readonly (readonly number[])[], before: number, size: number, width: number) {
  return painted(width, sees.length, (p) => {
    const place = (p % width) - before;
    const inside = place >= 0 && place < size;
    const taken = sees[Math.floor(p / width)]!.includes(place);
    return taken ? (inside ? TAKEN : TAKEN_PADDING) : inside ? INPUT : PADDING;
  });
}
