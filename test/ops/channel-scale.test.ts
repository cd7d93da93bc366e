import { channelScale } from "../../src/ops/channel-scale.js";
import { type OpCase, ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";

const numbers = (c: number, from: number): number[] => Array.from({ length: c }, (_, i) => from + 0.25 * i);

const of = (shape: number[]): OpCase => {
  const c = shape[1]!;
  const pixels = shape.slice(2).reduce((a, b) => a * b, 1);
  const [scale, shift] = [numbers(c, -0.5), numbers(c, 2)];
  return {
    name: `[${shape.join(", ")}]`,
    operands: [{ shape }],
    build: (graph, [x]) => graph.add(channelScale, [x!], { scale, shift }),
    reference([x]) {
      const y = ref(x!.shape);
      y.data.forEach((_, i) => {
        const channel = Math.floor(i / pixels) % c;
        y.data[i] = x!.data[i]! * Math.fround(scale[channel]!) + Math.fround(shift[channel]!);
      });
      return y;
    },
  };
};

const cases = [of([2, 3, 5, 4]), of([1, 11, 3]), of([3, 8, 1, 7]), of([4, 17])];
testPaddingLanes("channelScale", cases);
testOp("channelScale", cases);
