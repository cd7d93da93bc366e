import { ceil } from "../../src/ops/ceil.js";
import { floor } from "../../src/ops/floor.js";
import { round } from "../../src/ops/round.js";
import { trunc } from "../../src/ops/trunc.js";
import { testElementwise } from "../harness/elementwise.js";

/** To the nearest whole number, of two to the even one. */
function even(x: number): number {
  const below = Math.floor(x);
  const middle = x - below === 0.5;
  return middle ? below + (below % 2 === 0 ? 0 : 1) : Math.round(x);
}

for (const [op, f] of [
  [floor, Math.floor],
  [ceil, Math.ceil],
  [trunc, Math.trunc],
  [round, even],
] as const) {
  testElementwise(op, {}, f, { fill: (random) => 5 * random.normal(), atol: 0, rtol: 0 });
}
// Halves themselves, where the slope is not defined.
testElementwise(round, {}, even, {
  name: "round, halves",
  fill: (_random, i) => (i % 9) / 2 - 2,
  atol: 0,
  rtol: 0,
  gradient: false,
});
