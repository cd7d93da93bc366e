import { arrange } from "../../src/graph/arrange.js";
import { Graph } from "../../src/graph/graph.js";
import { add } from "../../src/ops/add.js";
import { concat } from "../../src/ops/concat.js";
import { conv2d } from "../../src/ops/conv2d.js";
import type { View } from "../../src/ops/layout.js";
import { maxPool2d } from "../../src/ops/max-pool2d.js";
import type { Value } from "../../src/ops/op.js";
import { pad } from "../../src/ops/pad.js";
import { relu } from "../../src/ops/relu.js";
import { relu6 } from "../../src/ops/relu6.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("arrange");

const border = (amount: number) => ({
  top: amount,
  left: amount,
  bottom: amount,
  right: amount,
  mode: "zeros" as const,
});
const plain = { sh: 1, sw: 1, dh: 1, dw: 1, groups: 1, flip: false };
const pool = { kh: 2, kw: 2, sh: 2, sw: 2, dh: 1, dw: 1, top: 0, left: 0, bottom: 0, right: 0, ceil: false };

/** Adds a convolution with k outputs. */
function conv(graph: Graph, x: Value, k: number, size = 1): Value {
  return graph.add(
    conv2d,
    [x, graph.weight(`w${x.id}`, [k, x.shape[1]!, size, size], "parameter"), null],
    plain,
  );
}

/** The views of the graph's values, as the planner takes them. */
function views(graph: Graph): (value: Value) => View {
  const inputs = graph.values.filter(({ origin }) => origin === "input");
  const all = arrange(graph.nodes, inputs);
  return (value) => all.get(value)!;
}

/** Bytes from the start of the storage to a pixel's first channel. */
const at = (view: View, block: number, y: number, x: number) =>
  view.offset + block * view.block + y * view.row + x * view.pixel;

test("what is padded next is computed inside its border", () => {
  const graph = new Graph();
  const x = graph.add(relu, [graph.input("x", [2, 8, 4, 5])], {});
  const padded = graph.add(pad, [x], { top: 1, left: 2, bottom: 3, right: 0, mode: "zeros" });
  const view = views(graph);
  assert.is(view(x).storage, view(padded).storage);
  assert.is(view(padded).storage.bytes, 2 * 8 * 8 * 7 * 4);
  assert.is(at(view(x), 0, 0, 0), at(view(padded), 0, 1, 2));
  assert.is(at(view(x), 0, 3, 4), at(view(padded), 0, 4, 6));
  assert.is(view(x).image, view(padded).image);
  assert.equal([view(x).n, view(x).c, view(x).h, view(x).w], [2, 8, 4, 5]);
});

test("of two borders around the same value one holds it, the other gets a copy", () => {
  const graph = new Graph();
  const x = graph.add(relu, [graph.input("x", [1, 8, 4, 4])], {});
  const one = graph.add(pad, [x], border(1));
  const two = graph.add(pad, [x], border(2));
  const view = views(graph);
  assert.is(view(x).storage, view(one).storage);
  assert.is.not(view(two).storage, view(one).storage);
});

test("branches are computed where their concatenation wants them, if they fill whole blocks", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 8, 3, 3]);
  const branches = [8, 16, 5].map((channels) => conv(graph, x, channels));
  const all = graph.add(concat, branches, {});
  const view = views(graph);
  assert.equal(
    branches.map((branch) => view(branch).storage === view(all).storage),
    [true, true, true],
  );
  assert.equal(
    branches.map((branch) => at(view(branch), 0, 1, 1)),
    [0, 1, 3].map((block) => at(view(all), block, 1, 1)),
  );
});

test("branches that end inside a block are copied, and so is everything behind them", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 8, 3, 3]);
  const branches = [8, 5, 8, 3, 8].map((channels) => conv(graph, x, channels));
  const all = graph.add(concat, branches, {});
  const view = views(graph);
  // 8 + 5 + 8 + 3 = 24: the last begins on a block again.
  assert.equal(
    branches.map((branch) => view(branch).storage === view(all).storage),
    [true, false, false, false, true],
  );
});

test("a value that is concatenated with itself is in place once", () => {
  const graph = new Graph();
  const x = graph.add(relu, [graph.input("x", [1, 8, 3, 3])], {});
  const twice = graph.add(concat, [x, x], {});
  const view = views(graph);
  assert.is(view(x).storage, view(twice).storage);
  assert.is(at(view(x), 0, 0, 0), 0);
});

test("borders and concatenations nest", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 8, 4, 4]);
  const inner = conv(graph, x, 8);
  const bordered = graph.add(pad, [inner], border(1));
  const other = conv(graph, graph.input("other", [1, 8, 6, 6]), 8);
  const both = graph.add(concat, [other, bordered], {});
  const outer = graph.add(pad, [both], border(2));
  const view = views(graph);
  for (const value of [inner, bordered, other, both]) assert.is(view(value).storage, view(outer).storage);
  assert.is(at(view(inner), 0, 0, 0), at(view(outer), 1, 3, 3));
});

test("an image of few channels stays interleaved where convolutions alone read it", () => {
  const lanes = (channels: number, build: (graph: Graph, x: Value) => unknown) => {
    const graph = new Graph();
    const x = graph.input("x", [1, channels, 8, 8]);
    build(graph, x);
    return views(graph)(x).pixel / 4;
  };
  assert.is(
    lanes(3, (graph, x) => conv(graph, x, 8)),
    3,
  );
  assert.is(
    lanes(1, (graph, x) => conv(graph, x, 8)),
    1,
  );
  assert.is(
    lanes(5, (graph, x) => conv(graph, x, 8)),
    8,
  );
  assert.is(
    lanes(3, (graph, x) => conv(graph, graph.add(pad, [x], border(2)), 8)),
    3,
  );
  assert.is(
    lanes(3, (graph, x) => [conv(graph, x, 8), conv(graph, x, 4)]),
    3,
  );
  assert.is(
    lanes(3, (graph, x) => graph.add(maxPool2d, [x], pool)),
    8,
  );
  assert.is(
    lanes(3, (graph, x) => [conv(graph, x, 8), graph.add(relu, [x], {})]),
    8,
  );
  assert.is(
    lanes(3, (graph, x) => graph.add(relu, [graph.add(pad, [x], border(1))], {})),
    8,
  );
});

test("a padded image is interleaved inside and out", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 3, 8, 8]);
  const padded = graph.add(pad, [x], border(1));
  const y = conv(graph, padded, 8);
  const view = views(graph);
  assert.is(view(padded).pixel, 12);
  assert.is(view(x).storage, view(padded).storage);
  assert.is(view(padded).storage.bytes, 10 * 10 * 3 * 4);
  assert.is(view(y).pixel, 32);
});

test("what works element by element writes over what nobody else reads", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 8, 3, 3]);
  const [a, b] = [conv(graph, x, 8), conv(graph, x, 8)];
  const sum = graph.add(add, [a, b], {});
  const y = graph.add(relu, [sum], {});
  const z = graph.add(relu6, [y], {});
  const pooled = graph.add(maxPool2d, [y], pool);
  const view = views(graph);
  assert.is(view(a).storage, view(sum).storage);
  assert.is.not(view(b).storage, view(sum).storage, "the other operand");
  assert.is(view(sum).storage, view(y).storage);
  assert.is.not(view(y).storage, view(z).storage, "what is read again");
  assert.is.not(view(y).storage, view(pooled).storage);
  assert.is.not(view(x).storage, view(a).storage);
});

test("an operand that is repeated is not written over, nor one that is both operands", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 8, 3, 3]);
  const scale = conv(graph, graph.input("pixel", [1, 8, 1, 1]), 8);
  const y = graph.add(add, [conv(graph, x, 8), scale], {});
  const a = conv(graph, x, 8);
  const twice = graph.add(add, [a, a], {});
  const view = views(graph);
  assert.is.not(view(scale).storage, view(y).storage);
  assert.is.not(view(a).storage, view(twice).storage);
});

test("what holds a value that is still read is not written over", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 8, 3, 3]);
  const [a, b] = [conv(graph, x, 8), conv(graph, x, 8)];
  const y = graph.add(relu, [graph.add(concat, [a, b], {})], {});
  const last = graph.add(maxPool2d, [b], pool);
  const c = conv(graph, x, 8);
  const padded = graph.add(pad, [graph.add(pad, [c], border(1))], border(1));
  const z = graph.add(relu, [padded], {});
  const view = views(graph);
  assert.is(view(a).storage, view(b).storage);
  assert.is.not(view(b).storage, view(y).storage);
  assert.is.not(view(b).storage, view(last).storage);
  assert.is(view(c).storage, view(z).storage);
});

test.run();
