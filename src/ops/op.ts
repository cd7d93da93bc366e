import type { KernelName } from "../../build/wasm/kernels.js";
import type { Shape } from "../tensor.js";
import type { ConvAlgorithm } from "./algorithm.js";
import type { Arg, Place, View } from "./layout.js";

/**
 * How a value lies in memory. Blocked: an activation, channels in blocks of 8 behind a view. Dense: numbers in a row
 * (weights, statistics, losses), of which `elements` are allocated.
 */
export type Form = "blocked" | "dense";

/** Where a value that no node computes comes from. */
export type Source = "input" | "parameter" | "buffer";

/** An edge of the graph. */
export interface Value {
  readonly id: number;
  readonly name: string;
  readonly shape: Shape;
  readonly form: Form;
  readonly elements: number;
  /** The node that computes it, or where else it comes from. */
  readonly origin: Node | Source;
}

/** One application of an op. An optional input that is absent is null. */
// biome-ignore lint/suspicious/noExplicitAny: the graph holds nodes of every op, and each op knows its own attributes.
export interface Node<A = any> {
  readonly op: Op<A>;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attrs: A;
  /** The layer it belongs to, for errors, plans and taps. */
  readonly name: string;
}

/** Shape and form of an output. */
export interface OutputSpec {
  readonly shape: Shape;
  readonly form?: Form;
  /** Floats to allocate for a dense value; the shape's size by default. */
  readonly elements?: number;
}

/** What an op sees of the graph when it writes its gradient. */
export interface GraphWriter {
  /** Adds a node; returns its first output. */
  add<A>(op: Op<A>, inputs: readonly (Value | null)[], attrs: A): Value;
  /** Adds a node; returns all its outputs. */
  addAll<A>(op: Op<A>, inputs: readonly (Value | null)[], attrs: A): readonly Value[];
}

/** What an op sees of the plan when it writes its steps. */
export interface StepWriter {
  /** How to compute convolutions that can be computed so; by what is fastest if left out. */
  readonly convolution: ConvAlgorithm | undefined;
  /** What weights that a linear layer reads for a single input are kept as. */
  readonly linearWeights: LinearWeights;
  /** How a blocked value lies in memory. */
  view(value: Value): View;
  /** Where a dense value lies. */
  place(value: Value): Place;
  /** Constants for a kernel, one 32-bit word each: whole numbers, and floats made by `float`. */
  constants(words: readonly Word[]): Place;
  /** Numbers known beforehand that are too many for {@link constants}; the same array lies in one place only. */
  table(numbers: Int32Array | Float32Array): Place;
  /** Memory for the steps of this node alone. */
  scratch(floats: number): Place;
  /** Memory of which each thread has a copy of its own, for one unit of work at a time: the last argument of a step. */
  threadScratch(floats: number): Place;
  /** A blocked tensor for the steps of this node alone. */
  scratchView(n: number, c: number, h: number, w: number): View;
  /**
   * Something computed from parameters, such as packed weights: once per key; once and for all where parameters are
   * frozen, in every run where they are trained. `from`: the weight first, then what else it is computed from.
   */
  derived(from: readonly Value[], key: string, floats: number, emit: (place: Place) => void): Place;
  /** Whether each run may find other numbers in a value, so that what is derived from it is computed anew. */
  changes(value: Value): boolean;
  /** Appends a kernel call over `units` units of work, each of about `flops` operations; outputs come first in `args`. */
  step(kernel: KernelName, units: number, args: readonly Arg[], flops: number): void;
}

/** As they are; or as 16-bit whole numbers, with a factor for each output. */
export type LinearWeights = "float32" | "int16";

/** Names of ops whose kernels are `<name>` and `<name>GradInput`. */
export type OpWithGradInput = {
  [K in KernelName]: `${K}GradInput` extends KernelName ? K : never;
}[KernelName];

/** A constant of a kernel: a whole number, or a float. */
export type Word = number | { readonly float: number };

/** Marks a constant as a float. */
export function float(value: number): Word {
  return { float: value };
}

/** What an output pixel sees of an input: pixel i, counted along h and w, sees the `kernel` pixels from i stride - before on, dilation apart. */
export interface Sight {
  readonly kernel: readonly [h: number, w: number];
  readonly stride: readonly [h: number, w: number];
  readonly dilation: readonly [h: number, w: number];
  readonly before: readonly [h: number, w: number];
}

/** Everything the library knows about an operation, in one object. `A`: its attributes. */
// biome-ignore lint/suspicious/noExplicitAny: as above.
export interface Op<A = any> {
  readonly name: string;
  /** Shapes of the outputs. Throws when the inputs do not fit, with both shapes and the remedy. */
  infer(inputs: readonly (Value | null)[], attrs: A): readonly OutputSpec[];
  /** Multiply-adds of one application. */
  macs?(node: Node<A>): number;
  /** What an output pixel sees of the inputs: a window, or "all" of them. Left out: the pixel at its own place. */
  sight?(node: Node<A>): Sight | "all";
  /** It changes memory besides its outputs (running statistics, parameters), so it runs even if nobody reads those. */
  readonly effect?: boolean;
  /** The gradient of each input, given that of each output (null where nothing depends on it). */
  gradient?(
    graph: GraphWriter,
    node: Node<A>,
    grads: readonly (Value | null)[],
    needed: readonly boolean[],
  ): readonly (Value | null)[];
  /**
   * The part of the output that input `index` may be computed straight into, if any; its steps then find the input in
   * place. For padding and concatenation.
   */
  embed?(node: Node<A>, index: number, output: View): View | null;
  /** Each element of the output depends on the elements at its place, so that it may be written over one that dies. */
  readonly elementwise?: boolean;
  /** Where the dense output lies, of an op that needs no memory of its own for it: in its input's, or in a table. */
  lies?(node: Node<A>, plan: StepWriter): Place;
  /** The op is y = clamp(x, low, high), so that another op may do it to its outputs. */
  clamps?(attrs: A): { readonly low: number; readonly high: number };
  /**
   * The node that does the work of `node` and of `next`, the only reader of its output, which it is as input `index`; null if
   * there is none.
   */
  absorb?(node: Node<A>, next: Node, index: number): Node<A> | null;
  /** Whether the steps can read input `index` with its channels interleaved (pixels of fewer than 8 floats). */
  readsInterleaved?(node: Node<A>, index: number): boolean;
  /** The output's pixels are as long as the input's: interleaved in, interleaved out. */
  readonly transparent?: boolean;
  /** The kernel calls that compute the outputs. */
  steps(node: Node<A>, plan: StepWriter): void;
}

/** A blocked value's sizes as kernels see them: [n, c, h, w], with 1 for the dimensions a lower rank lacks. */
export function sizes4(shape: Shape): [n: number, c: number, h: number, w: number] {
  const [n = 1, c = 1] = shape;
  if (shape.length === 4) return [n, c, shape[2]!, shape[3]!];
  return [n, c, 1, shape.length === 3 ? shape[2]! : 1];
}
