import { checkIs, checkNumber, checkOptions } from "../errors.js";
import type { Random } from "../random.js";
import { type Shape, sizeOf } from "../tensor.js";

/** Fills a new parameter. */
export type Init = (data: Float32Array, random: Random) => void;

/** Every element the same. */
export function constant(value: number): Init {
  return (data) => {
    data.fill(value);
  };
}

/** Uniform in (-bound, bound). */
function uniform(bound: number): Init {
  return (data, random) => {
    for (let i = 0; i < data.length; i++) data[i] = (2 * random.uniform() - 1) * bound;
  };
}

/**
 * torch's default for the weights and biases of convolutions and linear layers: uniform within 1 / sqrt(fan in), which
 * is what kaiming_uniform with a = sqrt 5 comes to (He et al., 2015).
 */
export function fanIn(fan: number): Init {
  return uniform(1 / Math.sqrt(fan));
}

/** Initial values for a weight of any shape: torch's functions of torch.nn.init. */
export type Initializer = (shape: Shape) => Init;

/** Initial values of a layer's weight and bias. What is left out starts as torch starts it. */
export interface Inits {
  weight?: Initializer;
  bias?: Initializer;
}

/** Every element the same. */
export const filled = (value: number): Initializer => {
  checkNumber("filled: the value", value);
  return () => constant(value);
};

/** Normal numbers around 0. */
export function normal(std: number): Initializer {
  checkNumber("normal: std", std, { min: 0 });
  return () => (data, random) => {
    for (let i = 0; i < data.length; i++) data[i] = random.normal() * std;
  };
}

/** Normal numbers around 0, those beyond `bound` standard deviations drawn anew. */
export function truncatedNormal(std: number, bound = 2): Initializer {
  checkNumber("truncatedNormal: std", std, { min: 0 });
  checkNumber("truncatedNormal: bound", bound, { above: 0 });
  return () => (data, random) => {
    for (let i = 0; i < data.length; i++) {
      let x = random.normal();
      while (Math.abs(x) > bound) x = random.normal();
      data[i] = x * std;
    }
  };
}

/** What the numbers that meet in one output (fanIn), or that one input goes into (fanOut), are counted by. */
export interface HeOptions {
  mode?: "fanIn" | "fanOut";
}

/** Rows times elements of a kernel, or columns times them, as torch counts them: groups are not looked at. */
function fanOf(shape: Shape, mode: HeOptions["mode"] = "fanIn"): number {
  return mode === "fanIn" ? sizeOf(shape.slice(1)) : sizeOf(shape) / shape[1]!;
}

/** Normal with variance 2 / fan, which keeps the size of activations between ReLUs (He et al., 2015). */
export function heNormal(options: HeOptions = {}): Initializer {
  checkHe("heNormal", options);
  return (shape) => normal(Math.sqrt(2 / fanOf(shape, options.mode)))(shape);
}

/** Uniform with the same variance. */
export function heUniform(options: HeOptions = {}): Initializer {
  checkHe("heUniform", options);
  return (shape) => uniform(Math.sqrt(6 / fanOf(shape, options.mode)));
}

function checkHe(what: string, options: HeOptions): void {
  checkOptions(what, options, ["mode"]);
  const { mode = "fanIn" } = options;
  checkIs(mode === "fanIn" || mode === "fanOut", `${what}: mode`, mode, '"fanIn" or "fanOut"');
}

/** Throws unless the initial values are functions under names that the layer has. */
export function checkInits(what: string, inits: Inits): void {
  checkOptions(`${what}: init`, inits, ["weight", "bias"]);
  for (const [name, init] of Object.entries(inits)) {
    const fits = init === undefined || typeof init === "function";
    checkIs(fits, `${what}: init.${name}`, init, "a function such as inits.heNormal()");
  }
}

/** Initial values to give to layers: `conv2d(64, 3, { init: { weight: inits.heNormal() } })`. */
export const inits = { filled, normal, truncatedNormal, heNormal, heUniform };
