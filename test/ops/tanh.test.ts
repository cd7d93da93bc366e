import { tanh } from "../../src/ops/tanh.js";
import { testElementwise } from "../harness/elementwise.js";

testElementwise(tanh, {}, Math.tanh, { atol: 0, rtol: 1e-6 });
// Down to numbers whose tanh is themselves, up to those where it is 1.
const sizes = [1e-20, 1e-6, 1e-3, 0.1, 0.6, 0.65, 1, 5, 9, 50];
testElementwise(tanh, {}, Math.tanh, {
  name: "tanh, small and large",
  fill: (random, i) => sizes[i % sizes.length]! * (1 + random.uniform()) * (i % 3 === 0 ? -1 : 1),
  atol: 0,
  rtol: 1e-6,
});
