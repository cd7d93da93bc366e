import { power, powered } from "../../src/ops/power.js";
import type { Random } from "../../src/random.js";
import { testBroadcast } from "../harness/broadcast.js";
import { mapRef } from "../harness/elementwise.js";
import { testOp } from "../harness/op.js";
import { testPairs } from "../harness/pairs.js";

const positive = (random: Random): number => 0.05 + 3 * random.uniform();

testBroadcast(power, (a, b) => a ** b, { fillA: positive, rtol: 1e-6, atol: 0 });

const { NaN: not, POSITIVE_INFINITY: infinity } = Number;
const bases = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3.7, -10, 1e-38, 1e-42, 3e38, infinity, -infinity, not];
const exponents = [
  0,
  1,
  -1,
  2,
  3,
  -3,
  0.5,
  -0.5,
  2.5,
  11,
  -7,
  40.25,
  1e10,
  16777217,
  infinity,
  -infinity,
  not,
];
// C and torch, unlike JavaScript, have 1 for 1 to any power and for -1 to an infinite one.
testPairs(
  power,
  bases,
  (a, b) => (a === 1 || (a === -1 && Math.abs(b) === infinity) ? 1 : a ** b),
  exponents,
);

testOp(
  "powers of one number",
  [-1.5, -1, 0, 0.5, 1, 2, 3, 1.25].flatMap((exponent) =>
    (["blocked", "dense"] as const).map((form) => ({
      name: `${form} x^${exponent}`,
      operands: [{ shape: [2, 11, 3], form, fill: positive }],
      build: (graph, [x]) => powered(graph, x!, exponent),
      reference: ([x]) => mapRef(x!, (value) => value ** exponent),
      rtol: 1e-6,
      atol: 0,
    })),
  ),
);
