// Damaged and hostile ONNX files: each becomes a model that runs, or a FeatureMapError.

import { FeatureMapError } from "../../src/errors.js";
import { importOnnx } from "../../src/onnx/index.js";
import { sizeOf, Tensor } from "../../src/tensor.js";
import { runtime } from "../../src/wasm/runtime.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";
import { Watch } from "../harness/watch.js";
import { floats, longs, type ModelDraft, type NodeDraft, onnx } from "./build.js";
import { damagedBytes, damagedGraph } from "./damage.js";
import { nodeCases } from "./node-cases.js";

const test = suite("damaged ONNX files");
/** Of each of the two kinds. A page takes longer, and does the same. */
const RUNS = typeof location === "undefined" ? 10_000 : 50;

/** Numbers in all values of a network that is run here. */
const MOST_RUN = 2 ** 16;

/** Imports a file and, where that is no great matter, runs it. Throws what is no FeatureMapError. */
async function tried(file: Uint8Array): Promise<boolean> {
  try {
    using model = await importOnnx(file, { externalData: () => new Uint8Array(64), warm: false });
    const feeds = model.ports.map(({ name, shape, content }) => {
      const given = content ? [1] : shape;
      return sizeOf(given) < MOST_RUN
        ? ([name, new Tensor(new Float32Array(sizeOf(given)).fill(1), given)] as const)
        : undefined;
    });
    if (feeds.includes(undefined) || model.ports.some(({ content }) => content)) return true;
    const { values } = model.trace({}, false).graph;
    if (values.reduce((sum, { elements }) => sum + elements, 0) > MOST_RUN) return true;
    const results = model.predictSync(Object.fromEntries(feeds as [string, Tensor][]));
    assert.equal(Object.keys(results).sort(), [...model.outputNames].sort());
    return true;
  } catch (error) {
    if (!(error instanceof FeatureMapError)) throw error;
    return false;
  }
}

for (const [what, damaged] of Object.entries({ bytes: damagedBytes, graphs: damagedGraph })) {
  test(`of damaged ${what}`, async () => {
    const cases = await nodeCases();
    const { heap } = runtime();
    const before = heap.usedBytes;
    const watch = new Watch();
    let sound = 0;
    for (let seed = 0; seed < RUNS; seed++) {
      const { name, model } = cases[(seed * 7) % cases.length]!;
      const file = damaged(model, seed);
      try {
        if (await watch.over(`seed ${seed}, ${name}`, () => tried(file))) sound++;
      } catch (error) {
        throw new Error(`seed ${seed}, ${name}: ${(error as Error).stack}`);
      }
      assert.is(heap.usedBytes, before, `seed ${seed}, ${name}: memory is left`);
    }
    watch.check(`ONNX, damaged ${what}`);
    assert.ok(sound > RUNS / 50 && sound < RUNS, `${sound} of ${RUNS} were sound`);
  });
}

const c = floats([1, 2]);
const chain = (count: number, op: string, from: string): NodeDraft[] =>
  Array.from({ length: count }, (_, i) => ({ op, in: [i ? `v${i}` : from], out: [`v${i + 1}`] }));
const huge = { b: { op: "ConstantOfShape", in: ["s"], out: ["b"] }, s: longs([2 ** 22]) };
const wide = (value: number) => longs([value]);

/** Files that are well formed, and would take all memory or time. */
const hostile: readonly [what: string, file: ModelDraft, message: RegExp][] = [
  ["a cycle", { nodes: [{ op: "Add", in: ["x", "y"] }] }, /input "y" is neither computed/],
  ["a name twice", { nodes: [{ op: "Relu", out: ["x"] }, { op: "Exp" }] }, /output "x" is computed or given/],
  [
    "a constant that is computed",
    {
      weights: { c },
      nodes: [
        { op: "Relu", out: ["c"] },
        { op: "Add", in: ["x", "c"] },
      ],
    },
    /output "c" is computed or given/,
  ],
  [
    "a constant of any size",
    { weights: { s: longs([2 ** 31, 2 ** 31]) }, nodes: [huge.b, { op: "Add", in: ["x", "b"] }] },
    /which cannot be|is larger than/,
  ],
  [
    "work without end on constants",
    { weights: { s: huge.s }, nodes: [huge.b, ...chain(50, "Exp", "b"), { op: "Add", in: ["x", "v50"] }] },
    /to compute the constants up to here takes too much/,
  ],
  [
    "one tensor joined to itself very often",
    {
      weights: { c: floats(Array(1000).fill(1)) },
      nodes: [
        { op: "Concat", in: Array(1e5).fill("c"), out: ["d"], attributes: { axis: 0 } },
        { op: "Add", in: ["x", "d"] },
      ],
    },
    /a constant of the shape \[100000000\] is larger/,
  ],
  [
    "nothing along a long axis",
    {
      weights: { c: floats([], [0, 2 ** 31]), i: longs([]) },
      nodes: [
        { op: "Gather", in: ["c", "i"], out: ["d"] },
        { op: "Add", in: ["x", "d"] },
      ],
    },
    /which cannot be/,
  ],
  [
    "very many axes",
    { weights: { s: longs(Array(1e5).fill(1)) }, nodes: [{ op: "Reshape", in: ["x", "s"] }] },
    /it makes 100000 axes; 32 are allowed/,
  ],
  [
    "one axis reduced thirty times",
    {
      weights: { c },
      nodes: [{ op: "ReduceMax", in: ["c"], out: ["d"], attributes: { axes: Array(30).fill(0) } }],
    },
    /30 axes named, of 1/,
  ],
  ["an input beyond memory", { inputs: { x: [1, 2 ** 40] }, nodes: [{ op: "Relu" }] }, /larger than/],
  [
    "a value beyond memory",
    {
      nodes: [
        ...chain(60, "Concat", "x").map((n) => ({ ...n, in: [...n.in!, ...n.in!], attributes: { axis: 0 } })),
        { op: "Relu", in: ["v60"] },
      ],
    },
    /larger than/,
  ],
  [
    "padding",
    { weights: { p: longs([0, 0, 0, 2 ** 28]) }, nodes: [{ op: "Pad", in: ["x", "p"] }] },
    /are allowed/,
  ],
  [
    "interpolation",
    {
      inputs: { x: [1, 1, 1, 2] },
      weights: { s: floats([1, 1, 1, 1e5]) },
      nodes: [{ op: "Resize", in: ["x", "", "s"], attributes: { mode: "linear" } }],
    },
    /200000 numbers along an axis; 65536 are allowed/,
  ],
  ["parts", { nodes: [{ op: "Split", attributes: { num_outputs: 2 ** 40 } }], opset: 18 }, /num_outputs is/],
  [
    "repeats",
    { weights: { r: wide(1e9) }, inputs: { x: [2] }, nodes: [{ op: "Tile", in: ["x", "r"] }] },
    /larger than|allowed/,
  ],
  [
    "types",
    {
      weights: { a: longs([1]), c },
      nodes: [
        { op: "Add", in: ["a", "c"], out: ["d"] },
        { op: "Add", in: ["x", "d"] },
      ],
    },
    /int64 and of float32 do not go together/,
  ],
];

for (const [what, file, message] of hostile) {
  test(`refuses ${what}`, async () => {
    const outputs = file.nodes.some(({ out }) => out === undefined) ? ["y"] : file.nodes.at(-1)!.out!;
    const open = { name: outputs[0]!, type: { tensorType: { elemType: 1 } } };
    await rejectsMessage(() => importOnnx(onnx({ ...file, graph: { output: [open] } })), message);
  });
}

test.run();
