import { check, show } from "../errors.js";
import type { Shape } from "../tensor.js";
import { NodeInfo, naming } from "./attributes.js";
import type { ExternalBytes } from "./external.js";
import { isWhole } from "./host/host.js";
import { transposedHost } from "./host/move.js";
import { Call, type Item, isKnown } from "./item.js";
import { operators } from "./ops/index.js";
import type { Operator } from "./ops/operator.js";
import { isUnderstood, OPSETS } from "./opsets.js";
import { type Dtype, dtypeOf, type HostTensor, readNumbers } from "./proto/tensor.js";
import type { GraphProto, ModelProto, NodeProto, ValueInfoProto } from "./proto/types.js";
import { failUnknown } from "./remedies.js";

/** Numbers up to which a constant of no particular role is part of the graph rather than of the model's state. */
const FEW = 64;
/** Nodes that a graph may have. */
const MOST_NODES = 2 ** 17;
/** Numbers that may be read and written to compute constants, besides some times those in the file. */
const FREE_WORK = 2 ** 24;
const WORK_FACTOR = 16;

/** A node, and what is known of its operator. */
export interface Step {
  readonly info: NodeInfo;
  readonly operator: Operator;
  /** Of an If: what is done where its condition holds, and where not. */
  readonly branches: readonly Branch[];
}

/** A graph within the graph. */
export interface Branch {
  readonly steps: readonly Step[];
  readonly constants: ReadonlyMap<string, HostTensor>;
  readonly outputs: readonly string[];
  /** Names of values outside that it uses. */
  readonly uses: readonly string[];
}

/** A constant that belongs to the model's state. */
export interface Weight {
  readonly kind: "parameter" | "buffer";
  readonly shape: Shape;
  /** The shape that the graph has it in. */
  readonly used: Shape;
  /** What values of the graph it is. */
  readonly name: string;
  /** The matrix that nodes multiply by is kept as linear layers have it, [out, in], where the graph has [in, out]. */
  readonly turned: boolean;
  /** Given away when the model has it. */
  tensor: HostTensor | undefined;
}

/** An input or output as the file declares it. Sizes that are not numbers are names, or undefined. */
export interface Declared {
  readonly name: string;
  readonly dtype: Dtype;
  readonly sizes: readonly (number | string | undefined)[] | undefined;
}

/** A file's graph, ready to be traced for any input. */
export interface Network {
  readonly name: string;
  readonly inputs: readonly Declared[];
  readonly outputs: readonly Declared[];
  /** Inputs whose numbers must be known while the network is traced. */
  readonly contents: ReadonlySet<string>;
  /** The nodes that the outputs need, and that are not constants. */
  readonly steps: readonly Step[];
  readonly constants: Map<string, HostTensor>;
  /** By their names in the model's state. */
  readonly weights: ReadonlyMap<string, Weight>;
}

/** Finds out what a file's graph is made of. Throws where something in it is not supported. */
export function analyse(model: ModelProto, external: ExternalBytes, file: string): Network {
  const { graph } = model;
  check(graph, () => `${file} is not an ONNX file: it has no graph.`);
  const opset = opsetOf(model, file);
  check(
    graph.node.length <= MOST_NODES,
    () => `${file}: the network has ${graph.node.length} nodes; ${MOST_NODES} are allowed.`,
  );
  check(
    graph.sparseInitializer.length === 0,
    () =>
      `${file}: the initializer "${graph.sparseInitializer[0]?.values?.name ?? ""}" is sparse, which is not supported.`,
  );
  const constants = new Map<string, HostTensor>();
  for (const tensor of graph.initializer) {
    const name = tensor.name ?? "";
    check(!constants.has(name), () => `${file}: two initializers are called "${name}".`);
    constants.set(name, readNumbers(`The initializer "${name}"`, tensor, external.get(tensor)));
  }
  const named = new Set(constants.keys());
  const inputs = graph.input.filter(({ name }) => !named.has(name ?? "")).map(declared("input"));
  const outputs = graph.output.map(declared("output"));
  check(outputs.length > 0, () => `${file}: the network has no outputs.`);
  for (const [what, list] of Object.entries({ inputs, outputs })) checkNames(list, `${file}: two ${what}`);

  const all = stepsOf(graph, opset, external);
  const turned = new Map<string, string>();
  const shaped = new Map<string, string>();
  const steps = fold(
    neededSteps(all, outputs),
    constants,
    new Set(inputs.map(({ name }) => name)),
    named,
    turned,
    shaped,
  );
  detach(steps);
  return {
    name: graph.name ?? "",
    inputs,
    outputs,
    contents: contentsOf(steps, inputs),
    steps,
    weights: weightsOf(steps, constants, named, turned, shaped),
    constants,
  };
}

/** The nodes outlive the file. */
function detach(steps: readonly Step[]): void {
  for (const { info, branches } of steps) {
    info.detach();
    for (const branch of branches) detach(branch.steps);
  }
}

function checkNames(list: readonly Declared[], two: string): void {
  const names = new Set<string>();
  for (const { name } of list) {
    check(!names.has(name), () => `${two} are called "${name}".`);
    names.add(name);
  }
}

function opsetOf({ opsetImport, functions }: ModelProto, file: string): number {
  const own = opsetImport.find(({ domain = "" }) => domain === "" || domain === "ai.onnx");
  const version = own?.version ?? 0;
  const { oldest, newest } = OPSETS;
  check(
    version >= 1 && version <= newest,
    () =>
      `${file} uses version ${version} of ONNX's operators (opset); ${oldest} to ${newest} are supported. Export the ` +
      "network again with one of them, or convert it with onnx.version_converter.",
  );
  check(
    functions.length === 0,
    () =>
      `${file} has functions of its own, such as "${functions[0]?.name}", which are not supported. Inline them.`,
  );
  return version;
}

const declared =
  (what: string) =>
  ({ name = "", type }: ValueInfoProto): Declared => {
    const tensor = type?.tensorType;
    check(
      tensor,
      () =>
        `The ${what} "${name}" is not a dense tensor (a sequence, map, optional or sparse tensor), which is not supported.`,
    );
    const sizes = tensor.shape?.dim.map(({ dimValue, dimParam }) => dimValue ?? (dimParam || undefined));
    return { name, dtype: dtypeOf(`The ${what} "${name}"`, tensor.elemType), sizes };
  };

/** The nodes, each under a name of its own. */
function stepsOf(
  graph: GraphProto,
  opset: number,
  external: ExternalBytes,
  taken = new Set<string>(),
): Step[] {
  const unique = ({ name, opType = "" }: NodeProto, i: number): string => {
    const base = name || `${opType}_${i}`;
    const full = taken.has(base) ? `${base}#${i}` : base;
    taken.add(full);
    return full;
  };
  return graph.node.map((proto, i) => {
    const name = unique(proto, i);
    const branches =
      proto.opType === "If"
        ? branchesOf(new NodeInfo(proto, name, opset, external), opset, external, taken)
        : [];
    const uses = branches.flatMap((branch) => branch.uses);
    const info = new NodeInfo(proto, name, opset, external, uses);
    return {
      info,
      operator: operators.get(info.domain === "" ? info.operator : "")!,
      branches,
    };
  });
}

function branchesOf(info: NodeInfo, opset: number, external: ExternalBytes, taken: Set<string>): Branch[] {
  return ["then_branch", "else_branch"].map((name) => {
    const graph = info.graph(name);
    check(graph, () => `${info.label}: it has no ${name}.`);
    const constants = new Map<string, HostTensor>();
    for (const tensor of graph.initializer) {
      constants.set(tensor.name ?? "", readNumbers(`The initializer "${tensor.name ?? ""}"`, tensor));
    }
    const steps = stepsOf(graph, opset, external, taken);
    const outputs = graph.output.map((output) => output.name ?? "");
    const own = new Set(constants.keys());
    const uses = new Set<string>();
    for (const step of steps) {
      for (const input of step.info.inputs) if (!own.has(input)) uses.add(input);
      for (const output of step.info.outputs) own.add(output);
    }
    for (const output of outputs) if (!own.has(output)) uses.add(output);
    return { steps, constants, outputs, uses: [...uses] };
  });
}

/** The nodes that the outputs depend on, in order. */
function neededSteps(steps: readonly Step[], outputs: readonly Declared[]): Step[] {
  const wanted = new Set(outputs.map(({ name }) => name));
  const needed: Step[] = [];
  for (const step of [...steps].reverse()) {
    if (!step.info.outputs.some((name) => name !== "" && wanted.has(name))) continue;
    needed.push(step);
    for (const name of step.info.inputs) wanted.add(name);
  }
  return needed.reverse();
}

/**
 * Computes what depends on constants alone, adding it to them; returns the other nodes. `named` has the names of the
 * file's weights and learns those of what becomes of them, `turned` which constants are others with rows for columns, `shaped` which are
 * others under another shape.
 */
function fold(
  steps: readonly Step[],
  constants: Map<string, HostTensor>,
  known: Set<string>,
  named: Set<string>,
  turned: Map<string, string>,
  shaped: Map<string, string>,
): Step[] {
  const rest: Step[] = [];
  const given = numbersIn([...constants.values()]);
  let work = FREE_WORK + WORK_FACTOR * given;
  for (const step of steps) {
    const { info, operator } = step;
    checkSupported(step);
    for (const name of info.inputs) {
      const isThere = name === "" || known.has(name) || constants.has(name);
      if (!isThere) info.fail(`its input "${name}" is neither computed by a node before it nor given.`);
    }
    for (const name of info.outputs) {
      if (known.has(name) || constants.has(name))
        info.fail(`its output "${name}" is computed or given already.`);
      if (name !== "") known.add(name);
    }
    if (!operator.folds || !info.inputs.every((name) => name === "" || constants.has(name))) {
      rest.push(step);
      continue;
    }
    const inputs = info.inputs.map((name) => constants.get(name) ?? null);
    if (info.operator === "Transpose" && inputs[0]?.shape.length === 2)
      turned.set(info.outputs[0]!, info.inputs[0]!);
    const results = naming(info, () => [operator.run(new Call(info, inputs))].flat());
    info.outputs.forEach((name, i) => {
      const result = results[i];
      if (name === "" || !result) return;
      check(isKnown(result), () => `${info.label}: its output "${name}" cannot be computed from constants.`);
      constants.set(name, result);
      const [first = ""] = info.inputs;
      // PyTorch keeps weights that begin alike once, and names the others by Identity.
      if (result.data === inputs[0]?.data && info.operator !== "Identity")
        shaped.set(name, shaped.get(first) ?? first);
      if (info.inputs.some((input) => named.has(input))) named.add(name);
    });
    work -= workOf(inputs, results);
    if (work < 0)
      info.fail(`to compute the constants up to here takes too much, for a file of ${given} numbers.`);
  }
  return rest;
}

/** What it took to compute known results: the numbers that were read and written; none where they are the inputs'. */
export function workOf(inputs: readonly (Item | null)[], results: readonly Item[]): number {
  const known = inputs.filter((input) => input !== null).filter(isKnown);
  const made = results.filter(isKnown).filter(({ data }) => known.every((input) => input.data !== data));
  return made.length > 0 ? numbersIn(known) + numbersIn(made) : 0;
}

function numbersIn(tensors: readonly HostTensor[]): number {
  return tensors.reduce((sum, { data }) => sum + data.length, 0);
}

/** Throws where a node's operator, or one of its attributes, is not supported. */
export function checkSupported({ info, operator }: Step): void {
  if (!operator) failUnknown(info);
  if (!isUnderstood(info.operator, info.opset)) {
    const { oldest, newest } = OPSETS;
    info.fail(
      `the operator is not supported in a version that old. Convert the file to an opset from ${oldest} to ${newest}.`,
    );
  }
  info.checkAttributes(operator.attributes ?? []);
}

/** Inputs that are whole numbers or decide shapes, unless the first thing that happens to them is a cast to floats. */
function contentsOf(steps: readonly Step[], inputs: readonly Declared[]): Set<string> {
  const deciding = new Set<string>();
  const notCast = new Set<string>();
  for (const { info, operator } of steps) {
    const isCast = isCastToFloat(info);
    info.inputs.forEach((name, i) => {
      if (operator.content?.includes(i)) deciding.add(name);
      if (!isCast) notCast.add(name);
    });
  }
  const isContent = ({ name, dtype }: Declared): boolean =>
    deciding.has(name) || (isWhole(dtype) && notCast.has(name));
  return new Set(inputs.filter(isContent).map(({ name }) => name));
}

function isCastToFloat(info: NodeInfo): boolean {
  if (info.operator !== "Cast") return false;
  return !isWhole(dtypeOf(info.label, info.int("to", 0)));
}

/** Constants that belong to the model's state, in the order in which they are used. */
function weightsOf(
  steps: readonly Step[],
  constants: ReadonlyMap<string, HostTensor>,
  named: ReadonlySet<string>,
  turned: ReadonlyMap<string, string>,
  shaped: ReadonlyMap<string, string>,
): Map<string, Weight> {
  const kinds = new Map<string, Weight["kind"]>();
  /** Used otherwise than to multiply from the right by. */
  const others = new Set<string>();
  /** Used by operators that pack them, which need them as they are. */
  const packed = new Set<string>();
  for (const { info, operator } of steps) {
    const computes = info.inputs.some((name) => name !== "" && !constants.has(name));
    info.inputs.forEach((name, i) => {
      const tensor = constants.get(name);
      if (!tensor || isWhole(tensor.dtype) || operator.content?.includes(i)) return;
      const count = tensor.data.length;
      const isToken = operator.tokens?.includes(i) && tensor.shape.length > 1;
      const isCandidate = operator.maybeParameters?.includes(i) || isToken;
      const maybe = isCandidate && computes && named.has(name) && count > 1;
      const isParameter = operator.parameters?.includes(i) || maybe;
      const isBuffer = operator.buffers?.includes(i) || count > FEW;
      if (isParameter) kinds.set(name, "parameter");
      else if (isBuffer && !kinds.has(name)) kinds.set(name, "buffer");
      if (isParameter && !maybe && info.operator !== "PRelu") packed.add(name);
      if (isBuffer && !isParameter) packed.add(name);
      if (!isRightFactor(info, i) || tensor.shape.length !== 2) others.add(name);
    });
  }
  const weights = new Map<string, Weight>();
  for (const [name, kind] of kinds) {
    const tensor = constants.get(name)!;
    const isFree = (source: string | undefined): source is string =>
      source !== undefined && named.has(source) && !kinds.has(source) && !weights.has(source);
    if (others.has(name)) {
      // A slope or a token that the file only gives another shape has it as it is wanted, and its name.
      const source = packed.has(name) ? undefined : shaped.get(name);
      const own = isFree(source) ? source : name;
      const { shape } = constants.get(own)!;
      weights.set(own, { kind, shape, used: tensor.shape, name, turned: false, tensor });
      continue;
    }
    // A file that turns a linear layer's weight before it multiplies by it has it as it is wanted, and its name.
    const source = turned.get(name);
    const isOwn = isFree(source);
    const whole = isOwn ? constants.get(source)! : transposedHost(tensor, [1, 0]);
    const used = tensor.shape;
    weights.set(isOwn ? source : name, { kind, shape: whole.shape, used, name, turned: true, tensor: whole });
  }
  return weights;
}

/** Whether a node multiplies rows by this input, a matrix [in, out]. */
function isRightFactor(info: NodeInfo, input: number): boolean {
  if (input !== 1) return false;
  return info.operator === "MatMul" || (info.operator === "Gemm" && !info.flag("transB", false));
}

/** For messages: a declared shape. */
export function formatSizes({ sizes }: Declared): string {
  return sizes ? `[${sizes.map((size) => size ?? "?").join(", ")}]` : show(undefined);
}
