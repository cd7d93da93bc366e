import { check } from "../../errors.js";
import { affine } from "../../ops/affine.js";
import { floor } from "../../ops/floor.js";
import type { Value } from "../../ops/op.js";
import { subtract } from "../../ops/subtract.js";
import { trunc } from "../../ops/trunc.js";
import { sizeOf } from "../../tensor.js";
import { allocate, checkSameType, convert, hostOf, isWhole, numbersOf } from "../host/host.js";
import { type Call, type Item, isKnown, live } from "../item.js";
import { type Dtype, dtypeOf, type HostTensor } from "../proto/tensor.js";
import { chosen, isNotZero } from "./comparison.js";
import { expandedItem, gatheredItem, joinedItems, reshapedItem } from "./moves.js";
import type { Operators } from "./operator.js";

/** The number or list that a Constant node has in one of its attributes. */
function constant({ node }: Call): HostTensor {
  const tensor = node.tensor("value");
  if (tensor) return tensor;
  const [int, ints] = [node.int("value_int", undefined), node.ints("value_ints")];
  if (int !== undefined) return hostOf("int64", [int], []);
  if (ints) return hostOf("int64", ints);
  const [float, floats] = [node.float("value_float", undefined), node.floats("value_floats")];
  if (float !== undefined) return hostOf("float32", [float], []);
  if (floats) return hostOf("float32", floats);
  return node.fail("it has no value.");
}

/** Numbers as those of another type. What runs in the graph stays float32, cut off where the type is whole. */
function cast(call: Call, item: Item, dtype: Dtype): Item {
  if (isKnown(item)) return convert(item, dtype);
  if (dtype === "bool" && item.dtype !== "bool") return live(isNotZero(call.graph, item.value), dtype);
  const cut = isWhole(dtype) && !isWhole(item.dtype);
  const value = cut ? call.graph.add(trunc, [item.value], {}) : item.value;
  return live(item.dtype === dtype ? value : wrapped(call.graph, value, dtype), dtype);
}

/** Whole numbers of few bits: x - 2^bits floor(x / 2^bits), exactly, so that the numbers of the type are met. */
function wrapped(graph: Call["graph"], x: Value, dtype: Dtype): Value {
  const [, unsigned, bits] = /^(u?)int(8|16)$/.exec(dtype) ?? [];
  if (!bits) return x;
  const count = 2 ** Number(bits);
  const half = unsigned ? 0 : 0.5;
  const turns = graph.add(floor, [graph.add(affine, [x], { scale: 1 / count, shift: half })], {});
  return graph.add(subtract, [x, graph.add(affine, [turns], { scale: count, shift: 0 })], {});
}

/** x where the condition holds, y elsewhere. */
function where(call: Call): Item {
  const [condition, x, y] = [call.item(0), call.item(1), call.item(2)];
  if (!isKnown(condition)) return chosen(call, condition, x, y);
  const full = [x, y].reduce((item, other) => expandedItem(call, item, other.shape), condition as Item);
  const places = full as HostTensor;
  if (places.data.every(Boolean)) return expandedItem(call, x, places.shape);
  if (!places.data.some(Boolean)) return expandedItem(call, y, places.shape);
  if (!isKnown(x) || !isKnown(y)) {
    // Both one after the other, and from there the ones that the condition names.
    const { shape } = places;
    const size = sizeOf(shape);
    const flat = (item: Item): Item => reshapedItem(call, expandedItem(call, item, shape), [size]);
    const chosen = Array.from(places.data as Uint8Array, (holds, i) => (holds ? i : i + size));
    return reshapedItem(call, gatheredItem(call, joinedItems(call, [flat(x), flat(y)], 0), [chosen]), shape);
  }
  const [a, b] = [expandedItem(call, x, places.shape), expandedItem(call, y, places.shape)] as HostTensor[];
  checkSameType(x, y);
  const data = allocate(x.dtype, places.shape, places.data.length);
  for (let i = 0; i < data.length; i++) data[i] = places.data[i] ? a!.data[i]! : b!.data[i]!;
  return { dtype: x.dtype, shape: places.shape, data };
}

/** Constants, and what is known of a value without its numbers. */
export const constants: Operators = {
  Constant: {
    attributes: ["value", "value_int", "value_ints", "value_float", "value_floats"],
    folds: true,
    run: constant,
  },
  ConstantOfShape: {
    attributes: ["value"],
    content: [0],
    folds: true,
    run(call) {
      const { dtype, data: of } = call.node.tensor("value") ?? hostOf("float32", [0]);
      const shape = numbersOf(call.needed(0));
      check(
        shape.every((size) => Number.isSafeInteger(size) && size >= 0),
        () => `the shape [${shape}] is impossible.`,
      );
      check(of.length === 1, () => `its value has ${of.length} numbers, but must have one.`);
      const data = allocate(dtype, shape);
      for (let i = 0; i < data.length; i++) data[i] = of[0]!;
      return { dtype, shape, data };
    },
  },
  Range: {
    content: [0, 1, 2],
    folds: true,
    run(call) {
      const [start, limit, delta] = [0, 1, 2].map((i) => call.number(i, 0)) as [number, number, number];
      check(delta !== 0, () => "its step is 0.");
      const count = Math.max(0, Math.ceil((limit - start) / delta));
      const { dtype } = call.item(0);
      allocate(dtype, [count]);
      return hostOf(
        dtype,
        Array.from({ length: count }, (_, i) => start + i * delta),
      );
    },
  },
  Identity: { folds: true, run: (call) => call.item(0) },
  Cast: {
    attributes: ["to", "saturate"],
    folds: true,
    run: (call) =>
      cast(call, call.item(0), dtypeOf(`${call.node.label}: what it casts to`, call.node.int("to", 0))),
  },
  CastLike: {
    attributes: ["saturate"],
    folds: true,
    run: (call) => cast(call, call.item(0), call.item(1).dtype),
  },
  Shape: {
    attributes: ["start", "end"],
    folds: true,
    run(call) {
      const shape = call.shape(0);
      return hostOf("int64", shape.slice(call.node.int("start", 0), call.node.int("end", shape.length)));
    },
  },
  Size: { folds: true, run: (call) => hostOf("int64", [sizeOf(call.shape(0))], []) },
  Where: { content: [0], folds: true, run: where },
  If: {
    attributes: ["then_branch", "else_branch"],
    content: [0],
    // The trace goes on in one of the branches instead.
    run: (call) => call.node.fail("it cannot be computed by itself."),
  },
  NonZero: {
    content: [0],
    folds: true,
    run(call) {
      const { shape } = call.needed(0);
      const values = numbersOf(call.needed(0));
      const places = [...values.keys()].filter((i) => values[i] !== 0);
      const rows = shape.map((size, d) => {
        const stride = sizeOf(shape.slice(d + 1));
        return places.map((place) => Math.floor(place / stride) % size);
      });
      return hostOf("int64", rows.flat(), [shape.length, places.length]);
    },
  },
};
