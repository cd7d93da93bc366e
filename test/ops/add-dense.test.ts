import { addDense } from "../../src/ops/add-dense.js";
import { ref, testOp } from "../harness/op.js";

testOp(
  "addDense",
  [[1], [3], [4], [41], [5, 3, 3, 3]].map((shape) => ({
    name: `[${shape}]`,
    operands: [
      { shape, form: "dense" },
      { shape, form: "dense" },
    ],
    build: (graph, [a, b]) => graph.add(addDense, [a!, b!], {}),
    reference: ([a, b]) => ({ ...ref(shape), data: a!.data.map((value, i) => value + b!.data[i]!) }),
    // It only ever stands in a backward pass.
    gradient: false,
  })),
);
