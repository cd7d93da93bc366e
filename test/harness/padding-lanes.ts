// Every tensor keeps the lanes past its last channel zero: kernels rely on it. The outside world never sees those
// lanes, so they are looked at here.

import simd from "wasm:simd";
import worker from "worker:inline";
import { backward } from "../../src/graph/backward.js";
import { Graph } from "../../src/graph/graph.js";
import { Plan } from "../../src/graph/plan.js";
import { LANES, type Storage } from "../../src/ops/layout.js";
import { type Op, sizes4, type Value } from "../../src/ops/op.js";
import { Random } from "../../src/random.js";
import { sizeOf } from "../../src/tensor.js";
import { Runtime } from "../../src/wasm/runtime.js";
import type { OpCase } from "./op.js";
import { assert, suite } from "./suite.js";

/** Sums of every lane of every plane, [n, blocks, 8], as doubles: two floats each. */
const laneSums: Op<object> = {
  name: "laneSums",
  infer([x]) {
    const [n, c] = sizes4(x!.shape);
    return [{ shape: [n, Math.ceil(c / LANES), LANES, 2], form: "dense" }];
  },
  steps(node, plan) {
    const x = plan.view(node.inputs[0]!);
    plan.step("planeSum", x.n * x.blocks, [plan.place(node.outputs[0]!), x], 1);
  },
};

const runtime = new Runtime(simd, worker, { threads: 1, relaxed: false });

/** Adds a suite that runs the cases, forward and backward, and looks at the padding lanes of all their tensors. */
export function testPaddingLanes(name: string, cases: readonly OpCase[]): void {
  const test = suite(`padding lanes of ${name}`);
  for (const spec of cases) {
    test(spec.name, () => {
      const graph = new Graph();
      const random = new Random(3);
      const feeds: Record<string, Float32Array> = {};
      const bound = new Map<Value, Storage>();
      // As in a model: what is dense are weights, with zeros behind them.
      const inputs = spec.operands.map(({ shape, form, fill }, i) => {
        const data = Float32Array.from({ length: sizeOf(shape) }, (_, j) =>
          fill ? fill(random, j) : random.normal(),
        );
        if (form !== "dense") {
          feeds[`${i}`] = data;
          return graph.input(`${i}`, shape);
        }
        const weight = graph.weight(`${i}`, shape, "parameter");
        const { address, bytes } = runtime.heap.allocate(data.byteLength, "test");
        new Float32Array(runtime.heap.memory.buffer, address).set(data);
        bound.set(weight, { name: `${i}`, bytes, address });
        return weight;
      });
      const output = spec.build(graph, inputs);
      const wrt = inputs.filter((_, i) => spec.operands[i]!.differentiable !== false);
      if (spec.gradient !== false) backward(graph, new Map([[output, output]]), wrt);
      const outputs = new Map<string, Value>();
      for (const value of [...graph.values]) {
        if (value.form === "blocked")
          outputs.set(`${value.id} ${value.name}`, graph.add(laneSums, [value], {}));
      }
      // Values that share places; then values in places of their own, with NaN behind the last number of each.
      const ways = (spec.convolutions ?? [undefined]).flatMap((convolution) =>
        [0, 64].map((guardBytes) => ({ guardBytes, ...(convolution && { convolution }) })),
      );
      for (const way of ways) {
        const options = { outputs, bound, trains: () => true, ...way };
        const plan = new Plan(runtime, graph, options, "test");
        try {
          plan.fillGuards(Number.NaN);
          // Twice: what the first run leaves behind lies where tensors of the second will be.
          plan.runSync(feeds, null);
          for (const [name, { data }] of Object.entries(plan.runSync(feeds, null))) {
            const sums = new Float64Array(data.buffer);
            const [, channels] = sizes4(graph.values[Number.parseInt(name, 10)]!.shape);
            const lanes = Math.ceil(channels / LANES) * LANES;
            sums.forEach((sum, i) => {
              if (i % lanes >= channels)
                assert.is(sum, 0, `lane ${i % lanes} of "${name}", which has ${channels} channels`);
            });
          }
        } finally {
          plan.dispose();
        }
      }
    });
  }
  test.run();
}
