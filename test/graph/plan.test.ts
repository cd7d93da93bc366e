import { backward } from "../../src/graph/backward.js";
import { Copies } from "../../src/graph/copies.js";
import { Graph } from "../../src/graph/graph.js";
import { Plan } from "../../src/graph/plan.js";
import { relu } from "../../src/layers/activation.js";
import { parallel, sequential } from "../../src/layers/containers.js";
import { conv2d } from "../../src/layers/convolution.js";
import type { Model } from "../../src/layers/model.js";
import { avgPool2d } from "../../src/layers/pooling.js";
import { pad } from "../../src/layers/shape.js";
import { constant } from "../../src/ops/constant.js";
import { conv2d as convOp } from "../../src/ops/conv2d.js";
import type { Value } from "../../src/ops/op.js";
import { relu as reluOp } from "../../src/ops/relu.js";
import type { Runtime } from "../../src/wasm/runtime.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";
import { branching, machine, noise } from "../wasm/machines.js";

const test = suite("plan");

const small = (on: Runtime): Promise<Model> =>
  sequential({
    conv: conv2d(8, 3, { padding: 1 }),
    both: parallel([relu(), conv2d(8, 1)]),
    pool: avgPool2d(2),
    pad: pad(1),
  }).build([1, 4, 4], { runtime: on });

function planOf(model: Model, batch: number): Plan {
  const { graph, output, bound } = model.trace([batch, ...model.inputShape], false);
  return new Plan(model.runtime, graph, { outputs: new Map([["output", output]]), bound }, "A test");
}

test("a plan reads as a list of calls, each with its layer", async () => {
  using on = machine(1);
  using model = await small(on);
  const plan = planOf(model, 1);
  // How weights are packed is the convolution's own affair.
  const text = plan.toString().replace(/ packed [^,)]*/g, " packed");
  assert.is(
    text,
    `once pack(conv.weight packed, conv.weight, 0, constants) x 1  # conv
once pack(both.1.weight packed, both.1.weight, 0, constants) x 1  # both.1
block(conv.pad, input input) x 4
padAround(conv.pad, 1, 1, 4, 4) x 1  # conv
contract(conv.conv2d, conv.pad, conv.weight packed, conv.bias, 0, constants) x 1  # conv
relu(both.concat, conv.conv2d) x 1  # both.0
contract(both.concat, conv.conv2d, both.1.weight packed, both.1.bias, 0, constants) x 1  # both.1
avgPool2d(pad.pad, both.concat, constants) x 4  # pool
padAround(pad.pad, 1, 1, 2, 2) x 2  # pad
unblock(output output, pad.pad) x 8`,
  );
  const again = planOf(model, 1);
  assert.is(again.toString(), plan.toString());
  plan.dispose();
  again.dispose();
});

test("a thousand runs allocate nothing", async () => {
  using on = machine(1);
  using model = await branching(on);
  const input = noise([1, 3, 16, 16]);
  model.predictSync(input);
  await model.predict(input);
  const { usedBytes, memory } = on.heap;
  const size = memory.buffer.byteLength;
  const { allocate } = on.heap;
  let allocations = 0;
  on.heap.allocate = (...args) => {
    allocations++;
    return allocate.apply(on.heap, args);
  };
  for (let round = 0; round < 500; round++) {
    model.predictSync(input);
    await model.predict(input);
  }
  assert.is(on.heap.usedBytes, usedBytes);
  assert.is(memory.buffer.byteLength, size);
  assert.is(allocations, 0);
});

test("convolutions by constants of the same shape have a copy of weights each", () => {
  using on = machine(1);
  const graph = new Graph();
  const x = graph.input("x", [1, 8, 4, 4]);
  const attrs = { sh: 1, sw: 1, dh: 1, dw: 1, groups: 1, flip: false };
  const times = (factor: number): Value =>
    graph.add(convOp, [x, constant(graph, new Float32Array(64).fill(factor), [8, 8, 1, 1]), null], attrs);
  const outputs = new Map([
    ["one", times(1)],
    ["two", times(2)],
  ]);
  for (const options of [{}, { copies: new Copies(on) }]) {
    const plan = new Plan(on, graph, { outputs, bound: new Map(), ...options }, "A test");
    const { one, two } = plan.runSync({ x: new Float32Array(128).fill(1) }, 1);
    assert.equal([...new Set(one!.data)], [8]);
    assert.equal([...new Set(two!.data)], [16]);
    plan.dispose();
  }
  assert.is(on.heap.usedBytes, 0);
});

test("a plan takes the bytes it says, and gives back that", async () => {
  using on = machine(1);
  using model = await branching(on);
  const before = on.heap.usedBytes;
  const plan = planOf(model, 2);
  assert.is(on.heap.usedBytes, before + plan.bytes);
  assert.ok(plan.arenaBytes > 0 && plan.arenaBytes < plan.bytes);
  plan.dispose();
  assert.is(on.heap.usedBytes, before);
  plan.dispose();
  assert.is(on.heap.usedBytes, before, "a second dispose frees nothing");
});

test("activations share memory: a deep chain needs no more than its two largest neighbours", async () => {
  using on = machine(1);
  using deep = await sequential(Array.from({ length: 20 }, () => relu())).build([8, 16, 16], { runtime: on });
  const plan = planOf(deep, 1);
  assert.ok(plan.arenaBytes <= 2 * 8 * 16 * 16 * 4, `${plan.arenaBytes} bytes`);
  plan.dispose();
});

test("packed weights are kept between runs, and made anew when the weights change", async () => {
  using on = machine(1);
  using model = await small(on);
  const plan = planOf(model, 1);
  const input = { input: noise([1, 1, 4, 4]).data };
  const version = {};
  const first = plan.runSync(input, version).output!.data;
  const entry = model.store.entries.get("conv.weight")!;
  model.store.floats(entry).fill(0);
  assert.equal(plan.runSync(input, version).output!.data, first, "the same version: nothing is packed again");
  assert.not.equal(plan.runSync(input, {}).output!.data, first);
  plan.dispose();
});

test("weights that are trained are packed in every run", async () => {
  using on = machine(1);
  const graph = new Graph();
  const x = graph.input("x", [1, 1, 1, 1]);
  const w = graph.denseInput("w", [1, 1, 1, 1]);
  const attrs = { sh: 1, sw: 1, dh: 1, dw: 1, groups: 1, flip: false };
  const y = graph.add(convOp, [x, w, null], attrs);
  const plan = new Plan(
    on,
    graph,
    { outputs: new Map([["y", y]]), bound: new Map(), trains: (value) => value === w },
    "A test",
  );
  for (const weight of [2, 3]) {
    const { y } = plan.runSync({ x: Float32Array.of(5), w: Float32Array.of(weight) }, null);
    assert.is(y!.data[0], 5 * weight);
  }
  plan.dispose();
});

test("only what an output needs is computed", async () => {
  using on = machine(1);
  const graph = new Graph();
  const x = graph.input("x", [1, 1, 2, 2]);
  const y = graph.within("wanted", () => graph.add(reluOp, [x], {}));
  graph.within("unwanted", () => graph.add(reluOp, [y], {}));
  const layers = (outputs: [string, Value][], keep: Value[] = []) => {
    const plan = new Plan(on, graph, { outputs: new Map(outputs), bound: new Map(), keep }, "A test");
    plan.dispose();
    return plan.steps.map(({ layer }) => layer).filter(Boolean);
  };
  assert.equal(layers([["y", y]]), ["wanted"]);
  assert.equal(
    layers(
      [],
      graph.values.filter(({ name }) => name.startsWith("unwanted")),
    ),
    ["wanted", "unwanted"],
  );
});

test("an input may be an output, and one value may have several names", async () => {
  using on = machine(1);
  const graph = new Graph();
  const x = graph.input("x", [2, 3, 2, 2]);
  const y = graph.add(reluOp, [x], {});
  const outputs = new Map([
    ["x", x],
    ["y", y],
    ["same", y],
  ]);
  const plan = new Plan(on, graph, { outputs, bound: new Map() }, "A test");
  const input = noise([2, 3, 2, 2]);
  const results = plan.runSync({ x: input.data }, null);
  assert.equal(results.x!.data, input.data);
  assert.equal(
    results.y!.data,
    input.data.map((value) => Math.max(value, 0)),
  );
  assert.equal(results.same, results.y);
  plan.dispose();
});

test("inputs of the wrong size, or none, are refused before anything runs", async () => {
  using on = machine(1);
  using model = await small(on);
  const plan = planOf(model, 2);
  throwsMessage(
    () => plan.runSync({ input: new Float32Array(31) }, null),
    /The input "input" needs 32 values of shape \[2, 1, 4, 4\], not 31/,
  );
  throwsMessage(() => plan.runSync({}, null), /needs 32 values of shape \[2, 1, 4, 4\], not none/);
  plan.dispose();
  throwsMessage(() => plan.runSync({ input: new Float32Array(32) }, null), /disposed of/);
});

test("a plan for which there is no memory says so, and leaves nothing behind", async () => {
  using on = machine(1);
  using model = await small(on);
  model.predictSync(noise([1, 1, 4, 4]));
  const before = on.heap.usedBytes;
  const { graph, output, bound } = model.trace([500_000, 1, 400, 400], false);
  throwsMessage(
    () => new Plan(on, graph, { outputs: new Map([["output", output]]), bound }, "Running a batch of 500000"),
    /Running a batch of 500000 needs .* GiB more, but WebAssembly memory holds .* GiB at most/,
  );
  assert.is(on.heap.usedBytes, before);
  assert.is(model.predictSync(noise([1, 1, 4, 4])).size, 16 * 16);
});

test("a backward pass is more of the same plan", async () => {
  using on = machine(1);
  const graph = new Graph();
  const x = graph.input("x", [1, 2, 3, 3]);
  const y = graph.within("act", () => graph.add(reluOp, [x], {}));
  const dy = graph.input("dy", [1, 2, 3, 3]);
  const grads = backward(graph, new Map([[y, dy]]), [x]);
  const plan = new Plan(on, graph, { outputs: new Map([["dx", grads.get(x)!]]), bound: new Map() }, "A test");
  const [input, seed] = [noise([1, 2, 3, 3], 1), noise([1, 2, 3, 3], 2)];
  const { dx } = plan.runSync({ x: input.data, dy: seed.data }, null);
  assert.equal(
    dx!.data,
    seed.data.map((value, i) => (input.data[i]! > 0 ? value : 0)),
  );
  plan.dispose();
});

test.run();
