import { Graph } from "../../src/graph/graph.js";
import { joined } from "../../src/ops/joined.js";
import type { Shape } from "../../src/tensor.js";
import { elementAt, fromElements } from "../harness/dense.js";
import { type OpCase, type Ref, testOp } from "../harness/op.js";
import { suite, throwsMessage } from "../harness/suite.js";

const join = (axis: number, ...shapes: Shape[]): OpCase => ({
  name: `${shapes.map((shape) => `[${shape}]`).join(" ")} along axis ${axis}`,
  operands: shapes.map((shape) => ({ shape, form: "dense" })),
  build: (graph, values) => joined(graph, values, axis),
  reference(values: readonly Ref[]) {
    const size = shapes.reduce((sum, shape) => sum + shape.at(axis)!, 0);
    const at = axis < 0 ? axis + shapes[0]!.length : axis;
    return fromElements(
      shapes[0]!.map((old, i) => (i === at ? size : old)),
      (index) => {
        let place = index[at]!;
        let which = 0;
        while (place >= shapes[which]![at]!) place -= shapes[which++]![at]!;
        return elementAt(
          values[which]!,
          index.map((old, i) => (i === at ? place : old)),
        );
      },
    );
  },
});

testOp("joined", [
  join(0, [3], [1], [2]),
  join(1, [2, 3, 2], [2, 1, 2]),
  join(-1, [2, 3, 5], [2, 3, 70]),
  join(0, [2, 1, 3, 1, 2], [4, 1, 3, 1, 2]),
  join(2, [2, 3, 4, 5], [2, 3, 1, 5], [2, 3, 2, 5]),
]);

const test = suite("errors of joined");
test("shapes that differ elsewhere", () => {
  const graph = new Graph();
  const values = [graph.denseInput("a", [2, 3]), graph.denseInput("b", [2, 4])];
  throwsMessage(
    () => joined(graph, values, 0),
    /input 1 has shape \[2, 4\], input 0 \[2, 3\]; all but axis 0/,
  );
  throwsMessage(() => joined(graph, [], 0), /nothing to join/);
});
test.run();
