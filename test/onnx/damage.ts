import { readModel } from "../../src/onnx/proto/read.js";
import type { Draft, ModelProto, NodeProto } from "../../src/onnx/proto/types.js";
import { DataType } from "../../src/onnx/proto/types.js";
import { encode, writeModel } from "../../src/onnx/proto/write.js";
import { Random } from "../../src/random.js";
import { sizeOf } from "../../src/tensor.js";

/** What sizes, axes and counts are set to. */
const NUMBERS = [
  ...[-1, 0, 1, 2, 3, 4, 7, -2, 31, 1000, 65536, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, 2 ** 40],
  ...[2 ** 53 - 1, 2 ** 62, -(2 ** 31), -(2 ** 63)],
];
const FLOATS = [Number.NaN, Infinity, -Infinity, 0, -1, 1e38, 1e-40, 0.5, 2 ** 31];
const WORDS = [
  ...["SAME_UPPER", "SAME_LOWER", "VALID", "linear", "cubic", "nearest", "wrap", "edge", "reflect"],
  ...["align_corners", "tf_crop_and_resize", "nonsense"],
];
const SHAPES = [[], [0], [1], [0, 2 ** 40], [2 ** 31, 0], [1, 1, 1, 1, 1, 1], [2, 2], [-1], [2 ** 53]];
const PLACES = ["../x", "/etc/passwd", "x", "", "a/../../x", "C:\\x", "x\0y", "."];

/** Without what says that it may not be changed. */
type Open<T> = T extends ArrayBufferView | string | number | undefined
  ? T
  : T extends readonly (infer I)[]
    ? Open<I>[]
    : { -readonly [K in keyof T]: Open<T[K]> };

/** Draws from a seed. */
class Dice {
  readonly #random: Random;
  constructor(seed: number) {
    this.#random = new Random(seed);
  }
  below(count: number): number {
    return Math.floor((this.#random.next() / 2 ** 32) * count);
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** A file with one to three bytes or stretches of bytes changed, taken out, repeated or cut off. */
export function damagedBytes(file: Uint8Array, seed: number): Uint8Array {
  const dice = new Dice(seed);
  let bytes = [...file];
  for (let changes = 1 + dice.below(3); changes > 0; changes--) {
    const at = dice.below(bytes.length);
    const part = bytes.slice(at, at + dice.below(40));
    const change = dice.below(6);
    if (change === 0) bytes[at]! ^= 1 << dice.below(8);
    else if (change === 1) bytes[dice.below(Math.min(100, bytes.length))] = dice.below(256);
    else if (change === 2) bytes = bytes.slice(0, at);
    else if (change === 3) bytes.splice(at, part.length);
    else if (change === 4) bytes.splice(dice.below(bytes.length), 0, ...part);
    // The longest of numbers.
    else bytes.splice(at, 10, ...Array<number>(9).fill(255), 1);
  }
  return Uint8Array.from(bytes);
}

/** A file of sound bytes whose graph is not: one to three changes of names, numbers, shapes, types and order. */
export function damagedGraph(file: Uint8Array, seed: number): Uint8Array {
  const dice = new Dice(seed);
  const model = readModel(file.slice()) as Open<ModelProto>;
  for (let changes = 1 + dice.below(3); changes > 0; changes--) dice.of(damages)(dice, model.graph!, model);
  return writeModel(model as Draft<ModelProto>);
}

type Damage = (dice: Dice, graph: Open<ModelProto["graph"]> & object, model: Open<ModelProto>) => void;

const names: Damage extends (dice: Dice, graph: infer G, model: never) => void
  ? (graph: G) => string[]
  : never = ({ node, initializer, input }) => [
  "",
  ...node.flatMap((one) => [...one.input, ...one.output]),
  ...[...initializer, ...input].map(({ name = "" }) => name),
];

/** A damage of a node that is drawn. */
const ofNode =
  (damage: (dice: Dice, node: Open<NodeProto>, names: string[]) => void): Damage =>
  (dice, graph) => {
    if (graph.node.length > 0) damage(dice, dice.of(graph.node), names(graph));
  };

const attributeValue = ofNode((dice, { attribute }) => {
  if (attribute.length === 0) return;
  const one = dice.of(attribute);
  if (one.i !== undefined) one.i = dice.of(NUMBERS);
  else if (one.f !== undefined) one.f = dice.of(FLOATS);
  else if (one.s) one.s = encode(dice.of(WORDS));
  else if (one.ints.length > 0) {
    one.ints[dice.below(one.ints.length)] = dice.of(NUMBERS);
    if (dice.below(5) === 0) one.ints = Array<number>(dice.of([0, 1, 100])).fill(dice.of(NUMBERS));
  }
});

const damages: readonly Damage[] = [
  attributeValue,
  attributeValue,
  ofNode((dice, { attribute }) => {
    if (attribute.length === 0) return;
    const one = dice.of(attribute);
    const change = dice.below(4);
    if (change === 0) one.type = dice.below(15);
    else if (change === 1) one.name = dice.of(["axis", "axes", "pads", "group", "", "__proto__"]);
    else if (change === 2) attribute.push(one);
    else attribute.splice(attribute.indexOf(one), 1);
  }),
  ofNode((dice, { input }, all) => {
    if (dice.below(3) === 0) input.pop();
    else input[dice.below(input.length + 1)] = dice.of(all);
  }),
  ofNode((dice, { output }, all) => {
    output[dice.below(output.length + 1)] = dice.of([...all, "more"]);
  }),
  (dice, { node }) => {
    if (node.length > 1) node.push(...node.splice(dice.below(node.length), 1));
    else if (node[0])
      node[0].opType = dice.of(["Concat", "Gather", "Where", "Reshape", "Expand", "Tile", "Conv"]);
  },
  // Numbers of a constant, which are shapes, axes and indices if they are whole.
  (dice, { initializer }) => {
    const whole = initializer.filter(
      ({ dataType, dims }) => dataType === DataType.INT64 && sizeOf(dims) < 100,
    );
    if (whole.length === 0) return;
    const one = dice.of(whole);
    if (dice.below(3) === 0) one.dims = [dice.of([0, 1, 2, 5, 1000])];
    one.rawData = undefined as never;
    one.int64Data = BigInt64Array.from({ length: sizeOf(one.dims) }, () => BigInt(dice.of(NUMBERS)));
  },
  (dice, { initializer }) => {
    if (initializer.length === 0) return;
    const one = dice.of(initializer);
    const change = dice.below(4);
    if (change === 0) one.dataType = dice.below(20);
    else if (change === 1) {
      one.dataLocation = 1;
      one.externalData = [
        { key: "location", value: dice.of(PLACES) },
        { key: "offset", value: dice.of(["0", "-1", "1e9", "9007199254740993"]) },
      ];
    } else {
      one.dims = dice.of(SHAPES);
      const bytes = 8 * Math.max(0, sizeOf(one.dims));
      if (bytes < 1000)
        one.rawData = Uint8Array.from({ length: bytes / dice.of([1, 2, 8]) }, () => dice.below(3));
    }
  },
  (dice, { input }) => {
    const tensor = input.length > 0 ? dice.of(input).type?.tensorType : undefined;
    if (!tensor?.shape) return;
    const { dim } = tensor.shape;
    if (dice.below(3) === 0) tensor.elemType = dice.below(20);
    else if (dice.below(4) === 0) dim.pop();
    else dim[dice.below(dim.length + 1)] = { dimValue: dice.of(NUMBERS) };
  },
  // An input becomes a constant, and what is made of it too.
  (dice, { input, initializer }) => {
    if (input.length === 0) return;
    const { name = "", type } = dice.of(input);
    const { elemType = 0, shape } = type?.tensorType ?? {};
    const dims = shape?.dim.map(({ dimValue = 1 }) => dimValue) ?? [];
    const bytes = { [DataType.FLOAT]: 4, [DataType.INT64]: 8, [DataType.BOOL]: 1 }[elemType];
    if (!bytes || !(sizeOf(dims) < 10_000)) return;
    const rawData = Uint8Array.from({ length: Math.max(0, sizeOf(dims)) * bytes }, (_, i) =>
      i % bytes ? 0 : i % 3,
    );
    initializer.push({ name, dims, dataType: elemType, rawData, stringData: [], externalData: [] });
  },
  (dice, graph) => {
    const { output } = graph;
    if (output.length > 0) output.push({ ...dice.of(output), name: dice.of(names(graph)) });
    if (dice.below(2) === 0) output.shift();
  },
  (dice, _, model) => {
    model.opsetImport = [{ domain: "", version: dice.of([0, 1, 7, 9, 10, 11, 12, 13, 18, 21, 22, -1]) }];
  },
];
