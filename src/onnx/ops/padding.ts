import { check } from "../../errors.js";
import { pad } from "../../ops/pad.js";
import { paddedDense, paddedPlaces } from "../../ops/rearrange.js";
import { axesIn } from "../attributes.js";
import { gatheredHost } from "../host/move.js";
import { type Call, checkSizes, type Item, isKnown, live } from "../item.js";
import { checkLength } from "./moves.js";
import type { Operators } from "./operator.js";

const MODES = ["constant", "reflect", "edge", "wrap"] as const;

/** What the pad op calls the modes. */
const OP_MODES = { constant: "zeros", reflect: "reflect", edge: "replicate", wrap: "circular" } as const;

/** Numbers around, on all sides or along the axes named; pads are an attribute before opset 11. */
function padded(call: Call): Item {
  const { node } = call;
  const item = call.item(0);
  const { shape } = item;
  const rank = shape.length;
  const mode = node.word("mode", MODES, "constant");
  const given = (node.opset < 11 ? node.ints("pads") : call.numbers(1)) ?? [];
  const value = node.opset < 11 ? node.float("value", 0) : call.number(2, 0);
  const axes = axesIn(call.numbers(3) ?? shape.map((_, d) => d), rank);
  check(
    given.length === 2 * axes.length && given.every(Number.isSafeInteger),
    () => `pads [${given}] do not fit the axes [${axes}] of [${shape}]: there must be two for each.`,
  );
  const pads = Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    pads[axis] = given[i]!;
    pads[axis + rank] = given[i + axes.length]!;
  });
  if (pads.every((side) => side === 0)) return item;
  shape.forEach((size, d) => {
    const length = size + pads[d]! + pads[d + rank]!;
    checkLength(length);
    check(length >= 0, () => `pads [${given}] take more away than the [${shape}] there are.`);
  });
  checkSizes(shape.map((size, d) => size + pads[d]! + pads[d + rank]!));
  if (isKnown(item)) {
    const lists = shape.map((size, d) => paddedPlaces(size, pads[d]!, pads[d + rank]!, mode));
    return gatheredHost(item, lists, value);
  }
  const x = item.value;
  const least = mode === "reflect" ? 1 : 0;
  const fits = shape.every((size, d) => {
    const most = d < 2 ? 0 : mode === "reflect" || mode === "wrap" ? size - least : Infinity;
    return [pads[d]!, pads[d + rank]!].every((side) => side >= 0 && side <= most);
  });
  if (x.form === "blocked" && rank >= 3 && fits && (mode !== "constant" || value === 0)) {
    const [top, bottom] = rank === 3 ? [0, 0] : [pads[2]!, pads[2 + rank]!];
    const [left, right] = [pads[rank - 1]!, pads[2 * rank - 1]!];
    return live(call.graph.add(pad, [x], { top, left, bottom, right, mode: OP_MODES[mode] }), item.dtype);
  }
  return live(paddedDense(call.graph, x, pads, mode, value), item.dtype);
}

export const paddings: Operators = {
  Pad: { attributes: ["mode", "pads", "value"], content: [1, 2, 3], folds: true, run: padded },
};
