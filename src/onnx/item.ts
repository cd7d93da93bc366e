import { check } from "../errors.js";
import type { Graph } from "../graph/graph.js";
import type { Scope } from "../layers/layer.js";
import { constant } from "../ops/constant.js";
import { toBlocked, toDense } from "../ops/dense.js";
import type { Value } from "../ops/op.js";
import { type Shape, sizeOf } from "../tensor.js";
import type { NodeInfo } from "./attributes.js";
import { floatsOf, numbersOf } from "./host/host.js";
import { checkShape, type Dtype, type HostTensor } from "./proto/tensor.js";

/** A value that is computed when the network runs. All numbers are float32 then; `dtype` is what the file calls them. */
export interface Live {
  readonly dtype: Dtype;
  readonly shape: Shape;
  readonly value: Value;
  /** A matrix whose value has rows for columns: see `Weight.turned`. */
  readonly turned?: boolean;
}

/** What an ONNX value is while the network is traced: known numbers, or something to compute. */
export type Item = HostTensor | Live;

export function isKnown(item: Item): item is HostTensor {
  return "data" in item;
}

/** Numbers that a value may have: what 4 GiB hold. */
const MOST_NUMBERS = 2 ** 30;

/** Throws where a value could not be: before much is made of what a file claims. */
export function checkSizes(shape: Shape): void {
  checkShape("a value", shape);
  check(
    sizeOf(shape) <= MOST_NUMBERS,
    () => `a value of the shape [${shape}] is larger than memory can be: 4 GiB.`,
  );
}

/** A value to compute, as an item. */
export function live(value: Value, dtype: Dtype = "float32"): Live {
  checkSizes(value.shape);
  return { dtype, shape: value.shape, value };
}

/** A batch of another size than the file's. */
export interface Batch {
  readonly declared: number;
  readonly actual: number;
}

/** Most dimensions of an activation in blocks of channels. */
const MOST_BLOCKED = 4;

/** A node in a trace: what it is given, and the graph it adds to. Where all inputs are known it may do without a graph. */
export class Call {
  readonly #scope: Scope | undefined;

  constructor(
    readonly node: NodeInfo,
    readonly inputs: readonly (Item | null)[],
    scope?: Scope,
    /** The batch that the file was made for and the one it is traced for, where they differ. */
    readonly batch?: Batch,
  ) {
    this.#scope = scope;
  }

  get scope(): Scope {
    return this.#scope ?? this.node.fail("constants are not computed by this operator.");
  }

  get graph(): Graph {
    return this.scope.graph;
  }

  get opset(): number {
    return this.node.opset;
  }

  /** The input at a place, which must be there. */
  item(index: number): Item {
    const item = this.inputs[index];
    check(item, () => `input ${index} is missing.`);
    return item;
  }

  /** Whether an optional input is there. */
  has(index: number): boolean {
    return Boolean(this.inputs[index]);
  }

  shape(index: number): Shape {
    return this.item(index).shape;
  }

  /** An input in the form it has. */
  value(index: number): Value {
    return this.valueOf(this.item(index));
  }

  valueOf(item: Item): Value {
    if (!isKnown(item) && item.turned)
      this.node.fail("a weight that other nodes multiply by is used in another way.");
    return isKnown(item) ? constant(this.graph, floatsOf(item), item.shape) : item.value;
  }

  /** An input as an activation in blocks of channels, for windows and normalisation. */
  blocked(index: number, ranks: readonly number[] = [3, 4]): Value {
    const { shape } = this.item(index);
    check(ranks.includes(shape.length) && shape.length <= MOST_BLOCKED, () =>
      shape.length > MOST_BLOCKED
        ? `its input has the shape [${shape}]; three and more dimensions besides batch and channels are not supported.`
        : `its input has the shape [${shape}], but must have ${ranks.join(" or ")} dimensions.`,
    );
    return toBlocked(this.graph, this.value(index));
  }

  /** An input as numbers in a row: a weight. */
  dense(index: number): Value {
    return toDense(this.graph, this.value(index));
  }

  /** An optional input as numbers in a row. */
  denseOr(index: number): Value | null {
    return this.has(index) ? this.dense(index) : null;
  }

  /** An input whose numbers must be known before the network runs; undefined where it is absent. */
  known(index: number): HostTensor | undefined {
    const item = this.inputs[index];
    if (!item) return undefined;
    check(
      isKnown(item),
      () =>
        `input ${index} ("${this.node.inputs[index]}") is computed by the network, but the operator is supported only ` +
        "where it is a constant, a shape, or an input of whole numbers. Give it a fixed number or size in the " +
        "network, and export again.",
    );
    return item;
  }

  /** The same, of an input that must be there. */
  needed(index: number): HostTensor {
    const tensor = this.known(index);
    check(tensor, () => `input ${index} is missing.`);
    return tensor;
  }

  /** The known numbers of an input as a list. */
  numbers(index: number): number[] | undefined {
    const tensor = this.known(index);
    return tensor && numbersOf(tensor);
  }

  /** The one known number of an input. */
  number<T extends number | undefined>(index: number, otherwise: T): number | T {
    const numbers = this.numbers(index);
    // An empty tensor stands for an absent one.
    if (!numbers || numbers.length === 0) return otherwise;
    check(numbers.length === 1, () => `input ${index} has ${numbers.length} numbers, but must have one.`);
    return numbers[0]!;
  }
}
