import type { KernelName } from "../../build/wasm/kernels.js";
import { check } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../tensor.js";
import { type Arg, LANES } from "./layout.js";
import {
  float,
  type GraphWriter,
  type Node,
  type Op,
  type OpWithGradInput,
  type OutputSpec,
  type StepWriter,
  type Value,
} from "./op.js";
import { writeElements } from "./rows.js";
import { sameShape } from "./shape.js";

/** An output like the input. A dense one is allocated in whole blocks of 8 floats. */
export function like({ shape, form }: Value): OutputSpec {
  const size = sizeOf(shape);
  return { shape, form, elements: form === "dense" ? Math.ceil(size / LANES) * LANES : size };
}

/** What an op that maps each element by itself is, apart from its kernel. */
export interface Mapped<A> {
  /** Its kernel: (out, x, constants). */
  readonly kernel: KernelName;
  /** Name of the op; the kernel's by default. */
  readonly name?: string;
  /** Floats that the kernel gets. */
  readonly constants?: (attrs: A) => readonly number[];
  /** Rough operations per element, for sharing between threads. */
  readonly flops: number;
  /** The gradient of the input. */
  readonly gradient: (graph: GraphWriter, dy: Value, node: MappedNode<A>) => Value;
}

/** An application of such an op. */
export interface MappedNode<A> {
  readonly x: Value;
  readonly y: Value;
  readonly attrs: A;
}

/** A kernel's constants as a list of floats, or nothing where there are none. */
function constants(plan: StepWriter, floats: readonly number[] = []): Arg[] {
  return floats.length > 0 ? [plan.constants(floats.map(float))] : [];
}

/** An op that maps each element by itself. */
export function mapped<A extends object>({ kernel, name = kernel, flops, ...spec }: Mapped<A>): Op<A> {
  return {
    name,
    elementwise: true,
    infer: ([x]) => [like(x!)],
    gradient: (graph, { inputs, outputs, attrs }: Node<A>, [dy]) => [
      spec.gradient(graph, dy!, { x: inputs[0]!, y: outputs[0]!, attrs }),
    ],
    steps({ inputs, outputs, attrs }, plan) {
      writeElements(plan, kernel, [outputs[0]!, inputs[0]!], constants(plan, spec.constants?.(attrs)), flops);
    },
  };
}

/** What such an op is whose gradient has a kernel of its own. */
export interface Elementwise<A> {
  /** Its kernel, (out, x, constants); the gradient's is `<kernel>GradInput`: (dx, dy, saved, constants). */
  readonly kernel: OpWithGradInput;
  /** Name of the op; the kernel's by default. */
  readonly name?: string;
  /** Whether the gradient is computed from the output or from the input. */
  readonly from: "input" | "output";
  /** Floats that both kernels get. */
  readonly constants?: (attrs: A) => readonly number[];
  /** Rough operations per element. */
  readonly flops: number;
}

/** An op that maps each element by itself, as does its gradient. */
export function elementwise<A extends object>(spec: Elementwise<A>): Op<A> {
  const { kernel, name = kernel, flops } = spec;
  const gradInput: Op<A> = {
    name: `${name}GradInput`,
    elementwise: true,
    infer: ([dy]) => [like(dy!)],
    steps({ inputs, outputs, attrs }, plan) {
      const values = [...outputs, ...(inputs as Value[])];
      writeElements(plan, `${kernel}GradInput`, values, constants(plan, spec.constants?.(attrs)), flops);
    },
  };
  return mapped({
    ...spec,
    gradient: (graph, dy, { x, y, attrs }) =>
      graph.add(gradInput, [dy, spec.from === "input" ? x : y], attrs),
  });
}

/** Throws unless both have one shape. */
export function checkSameShape(what: string, a: { shape: Shape }, b: { shape: Shape }): void {
  check(
    sameShape(a.shape, b.shape),
    () =>
      `${what}: the shapes ${formatShape(a.shape)} and ${formatShape(b.shape)} differ; both must be the same.`,
  );
}
