// What LiteRT runs, as a .tflite file. The numbers of fields and enumerations are those of TensorFlow's schema.fbs.
import type { Shape } from "./graph.js";

/** What is used of the package flatbuffers. */
export interface Builder {
  readonly bb: { bytes(): Uint8Array; setPosition(position: number): void };
  space: number;
  startObject(fields: number): void;
  endObject(): number;
  startVector(elementBytes: number, count: number, alignment: number): void;
  endVector(): number;
  addInt8(value: number): void;
  addInt32(value: number): void;
  addFloat32(value: number): void;
  addOffset(offset: number): void;
  addFieldInt8(field: number, value: number, otherwise: number): void;
  addFieldInt32(field: number, value: number, otherwise: number): void;
  addFieldFloat32(field: number, value: number, otherwise: number): void;
  addFieldOffset(field: number, offset: number, otherwise: number): void;
  createString(text: string): number;
  finish(root: number, identifier: string): void;
  asUint8Array(): Uint8Array;
}

/** A field of a table: its number, kind and value. */
export type Field = readonly [number: number, kind: "byte" | "int" | "float" | "offset", value: number];

/** Operators, all of version 1: their number in BuiltinOperator, and that of their options in BuiltinOptions, 0 for none. */
const OPERATORS = {
  add: [0, 11],
  averagePool: [1, 5],
  concat: [2, 10],
  conv: [3, 1],
  depthwise: [4, 2],
  linear: [9, 8],
  localResponseNorm: [13, 13],
  sigmoid: [14, 0],
  maxPool: [17, 5],
  relu: [19, 0],
  relu6: [21, 0],
  reshape: [22, 17],
  softmax: [25, 9],
  tanh: [28, 0],
  pad: [34, 22],
  mean: [40, 27],
  padWith: [60, 0],
} as const;
export type OperatorName = keyof typeof OPERATORS;

export interface TensorDraft {
  readonly name: string;
  readonly shape: Shape;
  readonly type: number;
  readonly bytes?: Uint8Array;
}

export interface OperatorDraft {
  readonly name: OperatorName;
  readonly inputs: readonly number[];
  readonly output: number;
  readonly options: readonly Field[];
}

/** Tensors, and operators in the order in which they run. */
export interface Model {
  readonly tensors: readonly TensorDraft[];
  readonly operators: readonly OperatorDraft[];
  readonly input: number;
  readonly output: number;
}

/** @param newBuilder makes a builder for about so many bytes */
export function tfliteFile(
  { tensors, operators, input, output }: Model,
  newBuilder: (bytes: number) => Builder,
): Uint8Array {
  const builder = newBuilder(tensors.reduce((sum, tensor) => sum + (tensor.bytes?.length ?? 0) + 256, 4096));
  const table = (fields: readonly Field[]): number => {
    builder.startObject(16);
    for (const [at, kind, value] of fields) {
      if (kind === "byte") builder.addFieldInt8(at, value, 0);
      else if (kind === "int") builder.addFieldInt32(at, value, 0);
      else if (kind === "float") builder.addFieldFloat32(at, value, 0);
      else builder.addFieldOffset(at, value, 0);
    }
    return builder.endObject();
  };
  const vector = (count: number, add: (i: number) => void): number => {
    builder.startVector(4, count, 4);
    for (let i = count - 1; i >= 0; i--) add(i);
    return builder.endVector();
  };
  const integers = (values: readonly number[]): number =>
    vector(values.length, (i) => builder.addInt32(values[i]!));
  const offsets = (values: readonly number[]): number =>
    vector(values.length, (i) => builder.addOffset(values[i]!));
  const bytes = (values: Uint8Array): number => {
    builder.startVector(1, values.length, 16);
    builder.space -= values.length;
    builder.bb.setPosition(builder.space);
    builder.bb.bytes().set(values, builder.space);
    return builder.endVector();
  };

  // Buffer 0 is that of values without contents.
  const filled = tensors.filter((tensor) => tensor.bytes);
  const buffers = offsets([
    table([]),
    ...filled.map((tensor) => table([[0, "offset", bytes(tensor.bytes!)]])),
  ]);
  const described = offsets(
    tensors.map((tensor) =>
      table([
        [0, "offset", integers(tensor.shape)],
        [1, "byte", tensor.type],
        [2, "int", tensor.bytes ? 1 + filled.indexOf(tensor) : 0],
        [3, "offset", builder.createString(tensor.name)],
      ]),
    ),
  );
  const names = [...new Set(operators.map(({ name }) => name))];
  const codes = offsets(
    names.map((name) => {
      const [code] = OPERATORS[name];
      return table([
        [0, "byte", code],
        [2, "int", 1],
        [3, "int", code],
      ]);
    }),
  );
  const steps = offsets(
    operators.map(({ name, inputs, output: result, options }) => {
      const kind = OPERATORS[name][1];
      return table([
        [1, "offset", integers(inputs)],
        [2, "offset", integers([result])],
        [0, "int", names.indexOf(name)],
        ...(kind > 0
          ? ([
              [3, "byte", kind],
              [4, "offset", table(options)],
            ] as const)
          : []),
      ]);
    }),
  );
  const subgraph = table([
    [0, "offset", described],
    [1, "offset", integers([input])],
    [2, "offset", integers([output])],
    [3, "offset", steps],
    [4, "offset", builder.createString("main")],
  ]);
  const model = table([
    [0, "int", 3],
    [1, "offset", codes],
    [2, "offset", offsets([subgraph])],
    [4, "offset", buffers],
  ]);
  builder.finish(model, "TFL3");
  return builder.asUint8Array();
}
