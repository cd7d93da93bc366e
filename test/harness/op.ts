// Every op is tested the same way: against loops in float64, on every build, between guards, in one range and in two,
// and its gradient against a central difference of the loops.

import debug from "wasm:debug";
import relaxed from "wasm:relaxed";
import simd from "wasm:simd";
import worker from "worker:inline";
import { backward } from "../../src/graph/backward.js";
import { Graph } from "../../src/graph/graph.js";
import { Plan } from "../../src/graph/plan.js";
import type { ConvAlgorithm } from "../../src/ops/algorithm.js";
import type { Form, Value } from "../../src/ops/op.js";
import { Random } from "../../src/random.js";
import { type Shape, sizeOf } from "../../src/tensor.js";
import { hasRelaxedSimd } from "../../src/wasm/features.js";
import { Runtime } from "../../src/wasm/runtime.js";
import { STEP_HEADER } from "../../src/wasm/steps.js";
import { assert, near, suite } from "./suite.js";

/** A tensor of the oracle. */
export interface Ref {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** A zeroed tensor of the oracle. */
export function ref(shape: Shape): Ref {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

/** An operand of a case: its shape, how it enters the graph, and how it is filled (normal numbers by default). */
export interface OperandSpec {
  readonly shape: Shape;
  readonly form?: Form;
  readonly fill?: (random: Random, index: number) => number;
  /** Whether the gradient with respect to it is checked; true by default. */
  readonly differentiable?: boolean;
}

export interface OpCase {
  readonly name: string;
  readonly operands: readonly OperandSpec[];
  build(graph: Graph, values: Value[]): Value;
  /** The definition, in plain loops. */
  reference(operands: readonly Ref[]): Ref;
  readonly atol?: number;
  readonly rtol?: number;
  /** In which ways convolutions are computed, one after the other; in the fastest by default. */
  readonly convolutions?: readonly ConvAlgorithm[];
  /** false where the op has no gradient by nature. */
  readonly gradient?: boolean;
}

/** Runs every step in two ranges, the second half first: what threads do, in the worst order. */
class SplitRuntime extends Runtime {
  override runSync(address: number, steps: number): void {
    const table = new Int32Array(this.heap.memory.buffer);
    for (let step = 0, at = address >>> 2; step < steps; step++, at += STEP_HEADER + table[at + 4]!) {
      const args = table.subarray(at + STEP_HEADER, at + STEP_HEADER + table[at + 4]!);
      const units = table[at + 1]!;
      const middle = Math.ceil(units / 2);
      const kernel = this.kernels[table[at]!]!;
      if (middle < units) kernel(...args, middle, units);
      kernel(...args, 0, middle);
    }
  }
}

const builds: [string, Uint8Array][] = [
  ["simd", simd],
  ["debug", debug],
  ...(hasRelaxedSimd() ? ([["relaxed", relaxed]] as [string, Uint8Array][]) : []),
];
const options = { threads: 1, relaxed: false };

/** One runtime per build that runs steps in one range, and one that cuts them in two. */
export const runtimes = builds.map(([name, bytes]) => ({
  name,
  whole: new Runtime(bytes, worker, options),
  split: new SplitRuntime(bytes, worker, options),
}));

const GUARD_BYTES = 256;
const SENTINEL = 12345;

/** Everything a case computes on one runtime: the output, then the gradients that exist. */
function compute(
  on: Runtime,
  spec: OpCase,
  operands: Ref[],
  seed: Ref | null,
  convolution?: ConvAlgorithm,
): Float32Array[] {
  const graph = new Graph();
  const values = spec.operands.map(({ shape, form }, i) =>
    form === "dense" ? graph.denseInput(`${i}`, shape) : graph.input(`${i}`, shape),
  );
  const output = spec.build(graph, values);
  const outputs = new Map([["output", output]]);
  const feeds: Record<string, Float32Array> = {};
  operands.forEach(({ data }, i) => {
    feeds[`${i}`] = Float32Array.from(data);
  });
  if (seed) {
    const dy =
      output.form === "dense" ? graph.denseInput("dy", output.shape) : graph.input("dy", output.shape);
    feeds.dy = Float32Array.from(seed.data);
    const wrt = values.filter((_, i) => spec.operands[i]!.differentiable !== false);
    for (const [value, grad] of backward(graph, new Map([[output, dy]]), wrt)) {
      outputs.set(`gradient of ${values.indexOf(value)}`, grad);
    }
  }
  const plan = new Plan(
    on,
    graph,
    {
      outputs,
      bound: new Map(),
      trains: () => true,
      guardBytes: GUARD_BYTES,
      ...(convolution && { convolution }),
    },
    "test",
  );
  try {
    plan.fillGuards(SENTINEL);
    plan.runSync(feeds, null);
    assert.ok(plan.guardsHold(SENTINEL), "a kernel wrote outside its output");
    plan.fillGuards(Number.NaN);
    return Object.values(plan.runSync(feeds, null)).map(({ data }) => data);
  } finally {
    plan.dispose();
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** To compare NaNs too, and zeros by sign. */
function bits({ buffer }: Float32Array): Uint32Array {
  return new Uint32Array(buffer);
}

const STEP = 1e-5;

/** Adds a suite of the cases, each on every build. */
export function testOp(name: string, cases: readonly OpCase[]): void {
  const test = suite(`op ${name}`);
  for (const spec of cases) {
    test(spec.name, () => {
      const random = new Random(7);
      const operands = spec.operands.map(({ shape, fill }) => {
        const operand = ref(shape);
        for (let i = 0; i < operand.data.length; i++) {
          operand.data[i] = Math.fround(fill ? fill(random, i) : random.normal());
        }
        return operand;
      });
      const expected = spec.reference(operands);
      const seed = spec.gradient === false ? null : ref(expected.shape);
      if (seed) for (let i = 0; i < seed.data.length; i++) seed.data[i] = Math.fround(random.normal());
      const largest = expected.data.reduce((max, x) => Math.max(max, Math.abs(x)), 0);

      const ways = (spec.convolutions ?? [undefined]).flatMap((way) =>
        runtimes.map((on) => ({ way, ...on })),
      );
      for (const { way, name, whole, split } of ways) {
        const build = way ? `${name}, ${way}` : name;
        const tolerance = way?.startsWith("winograd") ? 1e-4 : 1e-5;
        const results = compute(whole, spec, operands, seed, way);
        const [output, ...grads] = results;
        near(
          output!,
          expected.data,
          { atol: spec.atol ?? tolerance * Math.max(1, largest), rtol: spec.rtol ?? 1e-5 },
          `${build}: output`,
        );
        const again = compute(split, spec, operands, seed, way);
        results.forEach((result, i) => {
          assert.equal(bits(again[i]!), bits(result), `${build}: result ${i} depends on how the work is cut`);
        });
        if (!seed) continue;
        // <gradient, v> must be the slope of <seed, reference> along v, for random directions v and single elements.
        const wrt = operands.map((_, i) => i).filter((i) => spec.operands[i]!.differentiable !== false);
        assert.is(grads.length, wrt.length, `${build}: not every gradient was computed`);
        wrt.forEach((operand, g) => {
          for (let trial = 0; trial < 4; trial++) {
            const direction = operands[operand]!.data.map(() => (trial === 0 ? random.normal() : 0));
            if (trial > 0) direction[random.int(direction.length)] = 1;
            const slope = (sign: number): number => {
              const moved = operands.map((o, i) =>
                i === operand ? { ...o, data: o.data.map((x, j) => x + sign * STEP * direction[j]!) } : o,
              );
              return dot(seed.data, spec.reference(moved).data);
            };
            const wanted = (slope(1) - slope(-1)) / (2 * STEP);
            const got = dot(grads[g]!, direction);
            const scale =
              Math.sqrt(dot(direction, direction)) * Math.sqrt(dot(grads[g]!, grads[g]!) / grads[g]!.length);
            near(
              [got],
              [wanted],
              { atol: 2e-4 * Math.max(scale, 1e-2), rtol: 2e-4 },
              `${build}: gradient of operand ${operand}`,
            );
          }
        });
      }
    });
  }
  test.run();
}
