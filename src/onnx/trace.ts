import { check, FeatureMapError } from "../errors.js";
import { custom, type Layer, type Scope } from "../layers/layer.js";
import type { Value } from "../ops/op.js";
import { reshaped } from "../ops/reshape.js";
import { sameShape } from "../ops/shape.js";
import { Tensor } from "../tensor.js";
import { type NodeInfo, naming } from "./attributes.js";
import { convert, floatsOf } from "./host/host.js";
import { type Batch, Call, type Item, isKnown, live } from "./item.js";
import { checkSupported, type Network, type Step, workOf } from "./network.js";

/** Numbers that may be read and written to compute what is known, in one trace. */
const MOST_KNOWN = 2 ** 24;

/** An input that has a batch of fixed size. */
export interface BatchedInput {
  readonly name: string;
  readonly declared: number;
}

/** A file's graph as a layer: it walks through the nodes anew for each shape. Each node is a layer of its own. */
export function onnxLayer(network: Network, batched: BatchedInput | undefined): Layer {
  return {
    type: "ONNX",
    apply(scope, x) {
      const items = new Map<string, Item>(network.constants);
      declareWeights(network, scope, items);
      for (const declared of network.inputs) {
        const { name, dtype } = declared;
        const given = scope.input(name);
        if (given instanceof Tensor) {
          const floats = { dtype: "float32", shape: given.shape, data: given.data } as const;
          items.set(name, convert(floats, dtype));
        } else items.set(name, live(given, dtype));
      }
      const actual = batched && items.get(batched.name)?.shape[0];
      const batch =
        batched && actual !== undefined && actual !== batched.declared
          ? { declared: batched.declared, actual }
          : undefined;
      let known = 0;
      for (const step of network.steps) {
        known += hinting(batched, batch, () => runStep(step, scope, x, items, batch));
        if (known > MOST_KNOWN)
          step.info.fail(`to compute what is known up to here takes more than ${MOST_KNOWN} numbers.`);
      }
      return outputsOf(network, scope, items);
    },
  };
}

/** Runs `work`; where the batch is not the file's, its errors tell what may be to blame. */
function hinting<T>(batched: BatchedInput | undefined, batch: Batch | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!batch || !(error instanceof FeatureMapError)) throw error;
    throw new FeatureMapError(
      `${error.message} The file was exported for a batch of ${batch.declared}, and has one of ${batch.actual} here: ` +
        `export it for any, with dynamic_axes={"${batched!.name}": {0: "batch"}} in torch.onnx.export.`,
      { cause: error },
    );
  }
}

/** All of them, used in this trace or not: a model's state does not depend on its inputs. */
function declareWeights({ weights }: Network, scope: Scope, items: Map<string, Item>): void {
  for (const [name, weight] of weights) {
    const value = scope[weight.kind](name, weight.shape, (floats) => {
      check(weight.tensor, "An imported network builds one model; import the file again for another.");
      floats.set(floatsOf(weight.tensor));
    });
    const { used, turned } = weight;
    const shaped = turned || sameShape(used, weight.shape) ? value : reshaped(scope.graph, value, used);
    items.set(weight.name, { ...live(shaped), shape: used, turned });
  }
}

/** Runs the branch of an If that its condition, which must be known, chooses; returns as `runStep` does. */
function runBranch(
  { info, branches }: Step,
  scope: Scope,
  x: Value,
  items: Map<string, Item>,
  batch: Batch | undefined,
): number {
  const condition = items.get(info.inputs[0]!);
  check(
    condition && isKnown(condition) && condition.data.length === 1,
    () =>
      `${info.label}: its condition is computed by the network, which is not supported. Export the network without the choice: ` +
      "for fixed sizes, or by torch.jit.trace, which keeps the branch that an example takes.",
  );
  const { constants, steps, outputs } = branches[condition.data[0] ? 0 : 1]!;
  const inner = new Map<string, Item>([...items, ...constants]);
  let known = inner.size;
  for (const step of steps) {
    checkSupported(step);
    known += runStep(step, scope, x, inner, batch);
  }
  info.outputs.forEach((name, i) => {
    const item = inner.get(outputs[i] ?? "");
    check(item, () => `${info.label}: its output "${name}" is computed by none of its nodes.`);
    items.set(name, item);
  });
  return known;
}

/** Runs a node; returns how many known numbers that took. */
function runStep(
  step: Step,
  scope: Scope,
  x: Value,
  items: Map<string, Item>,
  batch: Batch | undefined,
): number {
  const { info, operator, branches } = step;
  if (branches.length > 0) return runBranch(step, scope, x, items, batch);
  const inputs = info.inputs.map((name) => (name === "" ? null : items.get(name)!));
  const first = inputs.find(
    (item): item is Exclude<Item, { data: unknown }> => item !== null && !isKnown(item),
  );
  let results: readonly Item[] = [];
  const run = (inner: Scope): void => {
    const call = new Call(info, inputs, inner, batch);
    results = naming(info, () => [operator.run(call)].flat());
  };
  const isConstant = operator.folds && (!first || info.operator === "Shape" || info.operator === "Size");
  if (isConstant) run(scope);
  else {
    const layer = custom(info.operator, (inner) => {
      run(inner);
      return firstOf(info, results, inner);
    });
    scope.child(info.name, layer, first?.value ?? x);
  }
  info.outputs.forEach((name, i) => {
    const result = results[i];
    if (name === "") return;
    check(result, () => `${info.label}: its output ${i} ("${name}") is not supported.`);
    items.set(name, result);
  });
  return workOf(inputs, results);
}

/** What a layer of the model gives back: a known result too. */
function firstOf(info: NodeInfo, [first]: readonly Item[], scope: Scope): Value {
  return first ? new Call(info, [], scope).valueOf(first) : info.fail("it has no output.");
}

/** The first output is the layer's own. */
function outputsOf({ outputs, steps }: Network, scope: Scope, items: Map<string, Item>): Value {
  const values = outputs.map(({ name }) => {
    const item = items.get(name);
    check(
      item,
      () => `The output "${name}" is computed by none of the nodes. The file is damaged: export it again.`,
    );
    return new Call(steps[0]?.info as NodeInfo, [], scope).valueOf(item);
  });
  values.slice(1).forEach((value, i) => {
    scope.output(outputs[i + 1]!.name, value);
  });
  return values[0]!;
}
