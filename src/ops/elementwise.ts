import type { KernelName } from "../../build/wasm/kernels.js";
import { check } from "../errors.js";
import { formatShape, type Shape } from "../tensor.js";
import { type Arg, joinRows, LANES, type View } from "./layout.js";
import { float, type Node, type Op, type OpWithGradInput, type StepWriter, type Value } from "./op.js";
import { sameShape } from "./shape.js";

/** Appends a kernel that works row by row on views of one shape; the first is the output. */
export function writeRows(
  plan: StepWriter,
  kernel: KernelName,
  views: readonly View[],
  rest: readonly Arg[],
  flops: number,
): void {
  const joined = joinRows(views);
  const [out] = joined as [View];
  plan.step(kernel, out.n * out.blocks * out.h, [...joined, ...rest], out.w * LANES * flops);
}

/** A kernel's constants as a list of floats, or nothing where there are none. */
function constants(plan: StepWriter, floats: readonly number[]): Arg[] {
  return floats.length > 0 ? [plan.constants(floats.map(float))] : [];
}

/** What an elementwise op is, apart from its kernels. */
export interface Elementwise<A> {
  /** Name of the op and of its kernel; the gradient's kernel is `<name>GradInput`. */
  readonly name: OpWithGradInput;
  /** Whether the gradient is computed from the output or from the input. */
  readonly from: "input" | "output";
  /** Floats that both kernels get. */
  readonly constants?: (attrs: A) => readonly number[];
  /** Rough operations per element, for sharing between threads. */
  readonly flops: number;
}

/** An op that maps each element by itself: the kernels are (out, x, constants) and (dx, dy, saved, constants). */
export function elementwise<A extends object>(spec: Elementwise<A>): Op<A> {
  const floats = spec.constants ?? (() => []);
  const gradKernel = `${spec.name}GradInput` as const;
  const gradInput: Op<A> = {
    name: gradKernel,
    infer: ([dy]) => [{ shape: dy!.shape }],
    steps(node, plan) {
      const views = [node.outputs[0]!, ...(node.inputs as Value[])].map((value) => plan.view(value));
      writeRows(plan, gradKernel, views, constants(plan, floats(node.attrs)), spec.flops);
    },
  };
  return {
    name: spec.name,
    infer: ([x]) => [{ shape: x!.shape }],
    gradient: (graph, node: Node<A>, [dy]) => [
      graph.add(gradInput, [dy!, spec.from === "input" ? node.inputs[0]! : node.outputs[0]!], node.attrs),
    ],
    steps(node, plan) {
      const views = [plan.view(node.outputs[0]!), plan.view(node.inputs[0]!)];
      writeRows(plan, spec.name, views, constants(plan, floats(node.attrs)), spec.flops);
    },
  };
}

/** Throws unless both have one shape. */
export function checkSameShape(what: string, a: { shape: Shape }, b: { shape: Shape }): void {
  check(
    sameShape(a.shape, b.shape),
    () =>
      `${what}: the shapes ${formatShape(a.shape)} and ${formatShape(b.shape)} differ; both must be the same.`,
  );
}
