import type { Op } from "../../src/ops/op.js";
import { ref, testOp } from "./op.js";

/** Tests an op of two operands on all pairs of special values, without gradients. */
export function testPairs(
  op: Op<object>,
  first: readonly number[],
  f: (a: number, b: number) => number,
  second = first,
): void {
  const shape = [first.length, second.length];
  const operand = (value: (i: number) => number) => ({
    shape,
    form: "dense" as const,
    fill: (_random: unknown, i: number) => Math.fround(value(i)),
  });
  testOp(`${op.name}, special values`, [
    {
      name: "all pairs",
      operands: [
        operand((i) => first[Math.floor(i / second.length)]!),
        operand((i) => second[i % second.length]!),
      ],
      build: (graph, [a, b]) => graph.add(op, [a!, b!], {}),
      reference: ([a, b]) => ({ ...ref(shape), data: a!.data.map((x, i) => Math.fround(f(x, b!.data[i]!))) }),
      rtol: 1e-6,
      atol: 1e-45,
      gradient: false,
    },
  ]);
}
