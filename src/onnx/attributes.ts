import { check, FeatureMapError, show } from "../errors.js";
import { text } from "./proto/read.js";
import { type HostTensor, readNumbers } from "./proto/tensor.js";
import {
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  AttributeType as Type,
} from "./proto/types.js";

/** One application of an operator, with the means to read its attributes. */
export class NodeInfo {
  /** Unique in the network: the node's own name, or the operator's with a number. */
  readonly name: string;
  /** The operator's name: "Conv". */
  readonly operator: string;
  /** Whose operator it is; "" for ONNX's own. */
  readonly domain: string;
  /** The version of the operators that the file is written in. */
  readonly opset: number;
  /** Names of values; "" for an optional one that is absent. Those that graphs within the node use come last. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  #attributes: ReadonlyMap<string, AttributeProto>;
  #external: ReadonlyMap<TensorProto, Uint8Array>;

  constructor(
    proto: NodeProto,
    name: string,
    opset: number,
    external: ReadonlyMap<TensorProto, Uint8Array>,
    inner: readonly string[] = [],
  ) {
    this.#external = external;
    this.name = name;
    this.operator = proto.opType ?? "";
    this.domain = proto.domain === "ai.onnx" ? "" : (proto.domain ?? "");
    this.opset = opset;
    this.inputs = [...proto.input, ...inner];
    this.outputs = proto.output;
    this.#attributes = new Map(proto.attribute.map((one) => [one.name ?? "", one]));
    this.check(this.#attributes.size === proto.attribute.length, () => "it has an attribute twice.");
  }

  /** Lets go of the file's bytes: keeps copies of the little that is left to be read. */
  detach(): void {
    const copy = (bytes: Uint8Array | undefined) => bytes && new Uint8Array(bytes);
    const own = ([name, one]: [string, AttributeProto]): [string, AttributeProto] => {
      const { g: _graph, t, s, ...rest } = one;
      const rawData = t && (this.#external.get(t) ?? t.rawData);
      const tensor = t && { ...t, dataLocation: 0, ...(rawData && { rawData: copy(rawData)! }) };
      return [name, { ...rest, ...(s && { s: copy(s)! }), ...(tensor && { t: tensor }) }];
    };
    this.#attributes = new Map([...this.#attributes].map(own));
    this.#external = new Map();
  }

  /** Names the node in errors. */
  get label(): string {
    return `Layer "${this.name}" (${this.operator}, opset ${this.opset})`;
  }

  /** Throws a FeatureMapError that names node, operator and opset. */
  fail(problem: string): never {
    throw new FeatureMapError(`${this.label}: ${problem}`);
  }

  check(condition: unknown, problem: () => string): asserts condition {
    if (!condition) this.fail(problem());
  }

  /** Throws unless all attributes are among those that are understood. */
  checkAttributes(known: readonly string[]): void {
    for (const [name, { refAttrName }] of this.#attributes) {
      this.check(
        known.includes(name),
        () =>
          `the attribute ${show(name)} is not supported here. ` +
          (known.length > 0 ? `Those of the operator are ${known.join(", ")}.` : "The operator has none."),
      );
      this.check(
        !refAttrName,
        () => `the attribute ${show(name)} refers to one of a function, which is not supported.`,
      );
    }
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  int<T extends number | undefined>(name: string, otherwise: T): number | T {
    const one = this.#read(name, Type.INT);
    if (!one) return otherwise;
    return one.i ?? 0;
  }

  /** A switch: 0 or 1. */
  flag(name: string, otherwise: boolean): boolean {
    const value = this.int(name, otherwise ? 1 : 0);
    this.check(value === 0 || value === 1, () => `the attribute ${name} is ${value}; it must be 0 or 1.`);
    return value === 1;
  }

  float<T extends number | undefined>(name: string, otherwise: T): number | T {
    const one = this.#read(name, Type.FLOAT);
    if (!one) return otherwise;
    return one.f ?? 0;
  }

  ints(name: string): readonly number[] | undefined {
    return this.#read(name, Type.INTS)?.ints;
  }

  floats(name: string): readonly number[] | undefined {
    const one = this.#read(name, Type.FLOATS);
    return one && Array.from(one.floats ?? []);
  }

  /** One of several words. */
  word<T extends string>(name: string, words: readonly T[], otherwise: T): T {
    const one = this.#read(name, Type.STRING);
    if (!one) return otherwise;
    const word = text(one.s ?? new Uint8Array()) as T;
    this.check(
      words.includes(word),
      () => `${name} is ${show(word)}, which is not supported. Supported: ${words.join(", ")}.`,
    );
    return word;
  }

  /** A graph within the graph. */
  graph(name: string): GraphProto | undefined {
    return this.#read(name, Type.GRAPH)?.g;
  }

  tensor(name: string): HostTensor | undefined {
    const one = this.#read(name, Type.TENSOR);
    return one?.t && readNumbers(`${this.label}: the attribute ${name}`, one.t, this.#external.get(one.t));
  }

  #read(name: string, type: number): AttributeProto | undefined {
    const one = this.#attributes.get(name);
    // Files of the first versions do not say the type.
    this.check(
      !one || (one.type ?? 0) === 0 || one.type === type,
      () => `the attribute ${name} is of another kind (${one!.type}) than the operator has (${type}).`,
    );
    return one;
  }
}

/** Runs `work`; its errors name the node, unless they do already. */
export function naming<T>(node: NodeInfo, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) {
      throw new FeatureMapError(`${node.label}: its numbers are too large (${error.message}).`, {
        cause: error,
      });
    }
    if (!(error instanceof FeatureMapError) || error.message.startsWith("Layer ")) throw error;
    throw new FeatureMapError(`${node.label}: ${error.message}`, { cause: error });
  }
}

/** Axes counted from the end when negative. Throws where one is named twice. */
export function axesIn(axes: readonly number[], rank: number): number[] {
  check(axes.length <= rank, () => `there are ${axes.length} axes named, of ${rank}.`);
  const places = axes.map((axis) => axisOf(axis, rank));
  check(new Set(places).size === places.length, () => `the axes [${axes}] name one twice.`);
  return places;
}

/** An axis counted from the end when negative. */
export function axisOf(axis: number, rank: number): number {
  check(
    Number.isInteger(axis) && axis >= -rank && axis < Math.max(rank, 1),
    () => `the axis ${axis} is not one of the ${rank} axes.`,
  );
  return axis < 0 ? axis + rank : axis;
}
