import { backward } from "../../src/graph/backward.js";
import { Graph, producer } from "../../src/graph/graph.js";
import { Plan } from "../../src/graph/plan.js";
import { add } from "../../src/ops/add.js";
import { conv2d } from "../../src/ops/conv2d.js";
import { mse } from "../../src/ops/mse.js";
import { multiply } from "../../src/ops/multiply.js";
import type { Op, Value } from "../../src/ops/op.js";
import { relu } from "../../src/ops/relu.js";
import { sigmoid } from "../../src/ops/sigmoid.js";
import { assert, near, suite, throwsMessage } from "../harness/suite.js";
import { machine, noise } from "../wasm/machines.js";

const test = suite("backward");

const SHAPE = [1, 2, 2, 3];
const plain = { sh: 1, sw: 1, dh: 1, dw: 1, groups: 1, flip: false };

function run(graph: Graph, outputs: ReadonlyMap<string, Value>, feeds: Record<string, Float32Array>) {
  using on = machine(1);
  const plan = new Plan(on, graph, { outputs, bound: new Map(), trains: () => true }, "A test");
  return plan.runSync(feeds, null);
}

/** Names of the ops that were added for the backward pass. */
function added(graph: Graph, work: () => unknown): string[] {
  const before = graph.nodes.length;
  work();
  return graph.nodes.slice(before).map(({ op }) => op.name);
}

test("the parts of a value that is used several times add up", () => {
  const graph = new Graph();
  const x = graph.input("x", SHAPE);
  // y = x x + (x + x) + relu(x)
  const square = graph.add(multiply, [x, x], {});
  const double = graph.add(add, [x, x], {});
  const sum = graph.add(add, [graph.add(add, [square, double], {}), graph.add(relu, [x], {})], {});
  const dy = graph.input("dy", SHAPE);
  const dx = backward(graph, new Map([[sum, dy]]), [x]).get(x)!;
  const [input, seed] = [noise(SHAPE, 1).data, noise(SHAPE, 2).data];
  const result = run(graph, new Map([["dx", dx]]), { x: input, dy: seed }).dx!.data;
  near(
    result,
    input.map((value, i) => seed[i]! * (2 * value + 2 + (value > 0 ? 1 : 0))),
  );
});

test("several seeds add up too, one of them on the way to another", () => {
  const graph = new Graph();
  const x = graph.input("x", SHAPE);
  const y = graph.add(sigmoid, [x], {});
  const z = graph.add(multiply, [y, y], {});
  const [dy, dz] = [graph.input("dy", SHAPE), graph.input("dz", SHAPE)];
  const dx = backward(
    graph,
    new Map([
      [y, dy],
      [z, dz],
    ]),
    [x],
  ).get(x)!;
  const [input, seed, other] = [1, 2, 3].map((i) => noise(SHAPE, i).data) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const result = run(graph, new Map([["dx", dx]]), { x: input, dy: seed, dz: other }).dx!.data;
  near(
    result,
    input.map((value, i) => {
      const s = 1 / (1 + Math.exp(-value));
      return (seed[i]! + other[i]! * 2 * s) * s * (1 - s);
    }),
  );
});

test("gradients that nobody asked for are not computed", () => {
  const build = () => {
    const graph = new Graph();
    const x = graph.input("x", [1, 2, 4, 4]);
    const w = graph.weight("w", [3, 2, 1, 1], "parameter");
    const y = graph.add(relu, [graph.add(conv2d, [graph.add(sigmoid, [x], {}), w, null], plain)], {});
    const target = graph.input("target", [1, 3, 4, 4]);
    return { graph, x, w, loss: graph.add(mse, [y, target], {}) };
  };
  const forWeight = build();
  assert.equal(
    added(forWeight.graph, () => backward(forWeight.graph, new Map([[forWeight.loss, null]]), [forWeight.w])),
    ["mseGradInput", "reluGradInput", "conv2dGradWeight"],
  );
  const forInput = build();
  assert.equal(
    added(forInput.graph, () => backward(forInput.graph, new Map([[forInput.loss, null]]), [forInput.x])),
    ["mseGradInput", "reluGradInput", "conv2dGradInput", "sigmoidGradInput"],
  );
});

test("what the loss does not depend on has no gradient", () => {
  const graph = new Graph();
  const x = graph.input("x", SHAPE);
  const aside = graph.input("aside", SHAPE);
  const y = graph.add(relu, [x], {});
  graph.add(add, [graph.add(relu, [aside], {}), y], {});
  const dy = graph.input("dy", SHAPE);
  const names = added(graph, () => {
    const grads = backward(graph, new Map([[y, dy]]), [x, aside]);
    assert.equal([...grads.keys()], [x]);
  });
  assert.equal(names, ["reluGradInput"]);
});

test("the gradient of a seed itself is the seed", () => {
  const graph = new Graph();
  const x = graph.input("x", SHAPE);
  const dx = graph.input("dx", SHAPE);
  assert.is(backward(graph, new Map([[x, dx]]), [x]).get(x), dx);
});

test("steps of the backward pass belong to the layer whose gradient they compute", () => {
  const graph = new Graph();
  const x = graph.input("x", SHAPE);
  const y = graph.within("features.3", () => graph.add(relu, [x], {}));
  const dy = graph.input("dy", SHAPE);
  const dx = backward(graph, new Map([[y, dy]]), [x]).get(x)!;
  assert.is(producer(dx)!.name, "features.3");
});

test("an op without a gradient is named with its layer, unless nothing needs it", () => {
  const round: Op<object> = { ...relu, name: "round", gradient: undefined };
  const graph = new Graph();
  const x = graph.input("x", SHAPE);
  const fixed = graph.input("fixed", SHAPE);
  const y = graph.within("block.2", () => graph.add(round, [x], {}));
  const z = graph.add(multiply, [x, graph.within("frozen", () => graph.add(round, [fixed], {}))], {});
  const seeds = (value: Value) => new Map([[value, graph.input("dy", SHAPE)]]);
  throwsMessage(() => backward(graph, seeds(y), [x]), /^Layer "block\.2": round has no gradient\.$/);
  assert.ok(backward(graph, seeds(z), [x]).has(x));
});

test("the layer is named when shapes do not fit", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 2, 4, 4]);
  const w = graph.weight("w", [3, 5, 1, 1], "parameter");
  throwsMessage(
    () => graph.within("head", () => graph.add(conv2d, [x, w, null], plain)),
    /^Layer "head": conv2d: the input \[1, 2, 4, 4\] has 2 channels, but the weight \[3, 5, 1, 1\]/,
  );
});

test.run();
