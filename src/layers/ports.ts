import { check, FeatureMapError, show } from "../errors.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../ops/op.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";

/** One input of a network. */
export interface Port {
  readonly name: string;
  /** The shape it was built for, whole: with the batch as its first size where there is one. */
  readonly shape: Shape;
  /** The first size is the batch: of any number of inputs (true), of this many, or there is none (false). */
  readonly batch: boolean | number;
  /** Its values decide shapes, as axes and sizes do, so that they are known while the network is traced. */
  readonly content?: boolean;
}

/** Tensors by the names of the inputs they are for. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** What a trace is told of an input: its shape, or all of it. */
export type Given = Readonly<Record<string, Shape | Tensor>>;

/** Larger batches are predicted in pieces of this many. */
const PIECE = 64;
const MOST_BLOCKED = 4;

/** The one input of an ordinary network, from its shape without the batch. */
export function onlyPort(inputShape: readonly number[]): Port {
  check(
    Array.isArray(inputShape) &&
      inputShape.length >= 1 &&
      inputShape.length <= 3 &&
      inputShape.every((size) => Number.isInteger(size) && size >= 1),
    () =>
      `build: the input shape is ${show(inputShape)}; give [c, h, w], [c, l] or [features], without the batch.`,
  );
  return { name: "input", shape: [1, ...inputShape], batch: true };
}

/** The shape of one input, without the batch. */
export function shapeOfOne({ shape, batch }: Port): Shape {
  return batch === false ? shape : shape.slice(1);
}

/** Adds an input to a graph: pictures and features as activations, whatever has no batch as numbers in a row. */
export function addInput(graph: Graph, { name, batch }: Port, shape: Shape): Value {
  const isActivation = batch !== false && shape.length >= 2 && shape.length <= MOST_BLOCKED;
  return isActivation ? graph.input(name, shape) : graph.denseInput(name, shape);
}

/** Tells plans apart: by the shapes of inputs, and by the values of those that decide shapes. */
export function keyOf(ports: readonly Port[], feeds: Feeds): string {
  let key = "";
  for (const { name, content } of ports) {
    const { shape, data } = feeds[name]!;
    key += `${shape.join("x")}${content ? `=${data.join(",")}` : ""};`;
  }
  return key;
}

/** Batches too large for one run in pieces, where all inputs are batches of as many. */
export function piecesOf(what: string, ports: readonly Port[], feeds: Feeds): Feeds[] {
  const [only] = ports;
  if (ports.length === 1 && only!.batch === true && feeds[only!.name]!.shape[0]! <= PIECE) return [feeds];
  const batched = ports.filter(({ content }) => !content);
  const counts = new Set(batched.map(({ name, batch }) => (batch === false ? -1 : feeds[name]!.shape[0]!)));
  const [n = -1] = counts;
  if (counts.size !== 1 || n < 0) return [feeds];
  const fixed = batched.map(({ batch }) => batch).filter((batch) => typeof batch === "number");
  const piece = Math.min(PIECE, ...fixed);
  check(
    fixed.length === 0 || n % piece === 0,
    () =>
      `${what}: the network takes batches of ${piece}, and ${n} is no multiple of that. ` +
      'Import it with { batch: "free" }, or fill the batch up.',
  );
  const pieces: Feeds[] = [];
  for (let i = 0; i < n; i += piece) {
    const count = Math.min(piece, n - i);
    const part = (tensor: Tensor): Tensor => {
      const size = sizeOf(tensor.shape.slice(1));
      return new Tensor(tensor.data.subarray(i * size, (i + count) * size), [
        count,
        ...tensor.shape.slice(1),
      ]);
    };
    const cut = ({ name, content }: Port): [string, Tensor] => [
      name,
      content ? feeds[name]! : part(feeds[name]!),
    ];
    pieces.push(Object.fromEntries(ports.map(cut)));
  }
  return pieces;
}

/** What the pieces of a batch gave, one after the other. */
export function join(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (parts.length === 1) return first!;
  check(
    first!.shape.length > 0,
    "The network gives one number for a whole batch, so it cannot run a batch in pieces.",
  );
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.size, 0));
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.size;
  }
  return new Tensor(data, [parts.reduce((sum, part) => sum + part.shape[0]!, 0), ...first!.shape.slice(1)]);
}

/** The tensors for the inputs, by name; a single one is for the only input. */
export function feedsOf(what: string, ports: readonly Port[], input: Tensor | Feeds): Feeds {
  const names = ports.map(({ name }) => `"${name}"`).join(", ");
  if (input instanceof Tensor) {
    check(
      ports.length === 1,
      () => `${what}: the network has the inputs ${names}. Give an object with a tensor for each.`,
    );
    return { [ports[0]!.name]: input };
  }
  const isRecord = Object.prototype.toString.call(input) === "[object Object]";
  const [{ shape } = { shape: [] }] = ports;
  check(
    isRecord,
    () =>
      `${what}: the input must be a Tensor, not ${show(input)}; make one with tensor(values, [n, ${shape.slice(1).join(", ")}]).`,
  );
  for (const { name } of ports) {
    const given = input[name];
    check(
      given instanceof Tensor,
      () => `${what}: the input "${name}" must be a Tensor, not ${show(given)}. The inputs are ${names}.`,
    );
  }
  const stranger = Object.keys(input).find((name) => ports.every((port) => port.name !== name));
  if (stranger !== undefined)
    throw new FeatureMapError(
      `${what}: the network has no input "${stranger}". Its inputs are ${names || "none"}.`,
    );
  return input;
}

/** Throws unless a batch has as many sizes and channels as the network was built for. */
export function checkFeed(what: string, port: Port, { shape }: Tensor): void {
  if (port.batch === false || port.content) return;
  const [, ...built] = port.shape;
  const [n, ...rest] = shape;
  const name = port.name === "input" ? "input" : `input "${port.name}"`;
  check(n !== 0, () => `${what}: the batch ${formatShape(shape)} is empty. Give at least one input.`);
  check(
    shape.length === port.shape.length && rest[0] === built[0],
    () =>
      `${what}: the ${name} has shape ${formatShape(shape)}, but this model takes [n, ${built.join(", ")}].` +
      (formatShape(shape) === formatShape(built)
        ? ` For a single input use reshape(1, ${built.join(", ")}).`
        : ""),
  );
}
