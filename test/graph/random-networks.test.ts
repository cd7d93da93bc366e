// Random networks, planned as a whole and computed op by op, must agree: values and gradients. What the planner does,
// sharing of memory, padding and concatenating in place, interleaved inputs, must not show.

import { backward } from "../../src/graph/backward.js";
import { Graph } from "../../src/graph/graph.js";
import { Plan } from "../../src/graph/plan.js";
import { add } from "../../src/ops/add.js";
import { avgPool2d } from "../../src/ops/avg-pool2d.js";
import { concat } from "../../src/ops/concat.js";
import { conv2d } from "../../src/ops/conv2d.js";
import { maxPool2d } from "../../src/ops/max-pool2d.js";
import { multiply } from "../../src/ops/multiply.js";
import type { Form, Value } from "../../src/ops/op.js";
import { PADDING_MODES, pad } from "../../src/ops/pad.js";
import { relu } from "../../src/ops/relu.js";
import { sigmoid } from "../../src/ops/sigmoid.js";
import { tanh } from "../../src/ops/tanh.js";
import { Random } from "../../src/random.js";
import { type Shape, sizeOf, Tensor } from "../../src/tensor.js";
import { runtimes } from "../harness/op.js";
import { assert, near, suite } from "../harness/suite.js";

const test = suite("random networks");

/** A leaf or one application of an op on earlier entries. */
interface Entry {
  readonly shape: Shape;
  readonly form: Form;
  readonly tensor?: Tensor;
  readonly inputs: readonly number[];
  readonly apply?: (graph: Graph, values: readonly Value[]) => Value;
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random.int(list.length)]!;

function normal(random: Random, shape: Shape, scale = 1): Tensor {
  return new Tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal() * scale),
    shape,
  );
}

function generate(random: Random): Entry[] {
  const entries: Entry[] = [];
  const leaf = (shape: Shape, form: Form, scale = 1): number =>
    entries.push({ shape, form, tensor: normal(random, shape, scale), inputs: [] }) - 1;
  const apply = (inputs: readonly number[], application: NonNullable<Entry["apply"]>): number => {
    // The shape comes from the op itself.
    const graph = new Graph();
    const values = inputs.map((i) => {
      const { form, shape } = entries[i]!;
      return form === "dense" ? graph.denseInput(`${i}`, shape) : graph.input(`${i}`, shape);
    });
    const { shape } = application(graph, values);
    return entries.push({ shape, form: "blocked", inputs, apply: application }) - 1;
  };
  const n = 1 + random.int(2);
  const images = [leaf([n, pick(random, [1, 3, 8, 11]), 6, 7], "blocked")];
  if (random.int(2)) images.push(leaf([n, 3, 6, 7], "blocked"));
  for (let step = 0; step < 12; step++) {
    const i = pick(random, images);
    const [, c, h, w] = entries[i]!.shape as [number, number, number, number];
    const alike = images.filter((j) => entries[j]!.shape.slice(2).join() === `${h},${w}`);
    const same = alike.filter((j) => entries[j]!.shape[1] === c);
    const choice = random.int(9);
    if (choice === 0) {
      const op = pick(random, [relu, sigmoid, tanh]);
      images.push(apply([i], (g, [x]) => g.add(op, [x!], {})));
    } else if (choice <= 2) {
      const [top, left, bottom, right] = [0, 0, 0, 0].map(() => random.int(3)) as [
        number,
        number,
        number,
        number,
      ];
      const mode = h > 2 && w > 2 ? pick(random, PADDING_MODES) : "replicate";
      images.push(apply([i], (g, [x]) => g.add(pad, [x!], { top, left, bottom, right, mode })));
    } else if (choice <= 4) {
      const size = h >= 3 && w >= 3 && random.int(2) ? 3 : 1;
      const groups = random.int(4) ? 1 : c;
      const k = groups > 1 ? c : pick(random, [1, 5, 8, 16, 17]);
      const stride = 1 + random.int(2);
      const attrs = { sh: stride, sw: stride, dh: 1, dw: 1, groups, flip: false };
      const weight = leaf([k, c / groups, size, size], "dense", 1 / Math.sqrt((c / groups) * size * size));
      const bias = random.int(2) ? [leaf([k], "dense")] : [];
      images.push(apply([i, weight, ...bias], (g, [x, v, b]) => g.add(conv2d, [x!, v!, b ?? null], attrs)));
    } else if (choice === 5) {
      const list = [i, ...Array.from({ length: 1 + random.int(2) }, () => pick(random, alike))];
      images.push(apply(list, (g, values) => g.add(concat, values, {})));
    } else if (choice === 6)
      images.push(apply([i, pick(random, same)], (g, values) => g.add(add, values, {})));
    else if (choice === 7)
      images.push(apply([i, pick(random, same)], (g, values) => g.add(multiply, values, {})));
    else if (h >= 2 && w >= 2) {
      const window = { kh: 2, kw: 2, sh: 1, sw: 2, top: 0, left: 0, bottom: 0, right: 0, ceil: false };
      const max = { ...window, dh: 1, dw: 1 };
      const avg = { ...window, countIncludePad: true };
      images.push(
        random.int(2)
          ? apply([i], (g, [x]) => g.add(maxPool2d, [x!], max))
          : apply([i], (g, [x]) => g.add(avgPool2d, [x!], avg)),
      );
    }
  }
  return entries;
}

type Run = (graph: Graph, outputs: readonly Value[], feeds: Record<string, Float32Array>) => Float32Array[];

const run =
  (on: (typeof runtimes)[number]["whole"]): Run =>
  (graph, outputs, feeds) => {
    const named = new Map(outputs.map((value, i) => [`${i}`, value]));
    const plan = new Plan(on, graph, { outputs: named, bound: new Map(), trains: () => true }, "A test");
    try {
      // Twice: the second run finds what the first one left.
      plan.runSync(feeds, null);
      return Object.values(plan.runSync(feeds, null)).map(({ data }) => data);
    } finally {
      plan.dispose();
    }
  };

/** Adds the entries to a graph, computed ones and leaves; `only`: this entry, its inputs being leaves. */
function build(graph: Graph, entries: readonly Entry[]): Value[] {
  const values: Value[] = [];
  entries.forEach(({ shape, form, inputs, apply }, i) => {
    if (apply)
      values.push(
        apply(
          graph,
          inputs.map((j) => values[j]!),
        ),
      );
    else values.push(form === "dense" ? graph.denseInput(`${i}`, shape) : graph.input(`${i}`, shape));
  });
  return values;
}

const tolerance = (values: Float32Array) => ({
  atol: 2e-5 * values.reduce((max, x) => Math.max(max, Math.abs(x)), 1),
  rtol: 1e-4,
});

/** Values and gradients op by op, each by a plan of its own. */
function separately(entries: readonly Entry[], seeds: ReadonlyMap<number, Float32Array>, on: Run) {
  const values: Float32Array[] = [];
  const alone = ({ inputs }: Entry): { entries: Entry[]; feeds: Record<string, Float32Array> } => ({
    entries: inputs.map((j) => ({ shape: entries[j]!.shape, form: entries[j]!.form, inputs: [] })),
    feeds: Object.fromEntries(inputs.map((j, slot) => [`${slot}`, values[j]!])),
  });
  for (const entry of entries) {
    if (!entry.apply) values.push(entry.tensor!.data);
    else {
      const { entries: leaves, feeds } = alone(entry);
      const graph = new Graph();
      values.push(on(graph, [entry.apply(graph, build(graph, leaves))], feeds)[0]!);
    }
  }
  const grads = entries.map(({ shape }, i) =>
    Float64Array.from(seeds.get(i) ?? new Float32Array(sizeOf(shape))),
  );
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i]!;
    if (!entry.apply) continue;
    const { entries: leaves, feeds } = alone(entry);
    const graph = new Graph();
    const inputs = build(graph, leaves);
    const output = entry.apply(graph, inputs);
    const dy = graph.input("dy", output.shape);
    const found = backward(graph, new Map([[output, dy]]), inputs);
    const parts = on(graph, [...found.values()], { ...feeds, dy: Float32Array.from(grads[i]!) });
    [...found.keys()].forEach((value, k) => {
      const sum = grads[entry.inputs[inputs.indexOf(value)]!]!;
      parts[k]!.forEach((x, e) => {
        sum[e]! += x;
      });
    });
  }
  return { values, grads };
}

const ROUNDS = 60;

for (const { name, whole, split } of runtimes) {
  test(`on ${name}`, () => {
    let gradients = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const random = new Random(round);
      const entries = generate(random);
      const read = new Set(entries.flatMap(({ inputs }) => inputs));
      const ends = [...entries.keys()].filter(
        (i) => entries[i]!.apply && (!read.has(i) || random.int(8) === 0),
      );
      if (ends.length === 0) continue;
      const seeds = new Map(ends.map((i) => [i, normal(random, entries[i]!.shape).data]));
      const leaves = [...entries.keys()].filter((i) => entries[i]!.tensor);
      const feeds: Record<string, Float32Array> = Object.fromEntries(
        leaves.map((i) => [`${i}`, entries[i]!.tensor!.data]),
      );

      const graph = new Graph();
      const values = build(graph, entries);
      const dys = new Map(ends.map((i) => [values[i]!, graph.input(`dy ${i}`, entries[i]!.shape)]));
      const found = backward(
        graph,
        dys,
        leaves.map((i) => values[i]!),
      );
      for (const [i, seed] of seeds) feeds[`dy ${i}`] = seed;
      const outputs = [...ends.map((i) => values[i]!), ...found.values()];
      const together = run(whole)(graph, outputs, feeds);

      const expected = separately(entries, seeds, run(whole));
      ends.forEach((i, k) => {
        const wanted = expected.values[i]!;
        near(together[k]!, wanted, tolerance(wanted), `round ${round}, value ${i}`);
      });
      [...found.keys()].forEach((value, k) => {
        const grad = Float32Array.from(expected.grads[values.indexOf(value)]!);
        near(together[ends.length + k]!, grad, tolerance(grad), `round ${round}, gradient of ${value.name}`);
        gradients++;
      });
      // Leaves without a gradient do not matter.
      for (const i of leaves) if (!found.has(values[i]!)) assert.ok(expected.grads[i]!.every((x) => x === 0));
      assert.equal(
        run(split)(graph, outputs, feeds),
        together,
        `round ${round}: the result depends on how the work is cut`,
      );
    }
    assert.ok(gradients > 2 * ROUNDS, `only ${gradients} gradients were compared`);
  });
}

test.run();
