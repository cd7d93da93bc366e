import { check } from "../errors.js";
import type { Arg, Place, Storage } from "../ops/layout.js";
import type { Node, Value } from "../ops/op.js";
import { type Shape, sizeOf } from "../tensor.js";
import { arrange } from "./arrange.js";
import { Builder, type PlanOptions, type Step } from "./builder.js";
import { fuse } from "./fuse.js";
import { type Graph, neededNodes } from "./graph.js";

/** Where numbers enter or leave. */
export interface Port {
  readonly shape: Shape;
  readonly place: Place;
}

/** What a plan will do, before it has memory. */
export interface Draft {
  /** Its steps and all that they touch. */
  readonly builder: Builder;
  /** The node that computes each value, with others' work perhaps: see fuse.ts. */
  readonly makers: ReadonlyMap<Value, Node>;
  readonly inputs: ReadonlyMap<string, Port>;
  readonly outputs: ReadonlyMap<string, Port>;
}

/** Works out the steps of a plan. Nothing is allocated. Throws where inputs of different shapes share a name. */
export function draft(graph: Graph, options: PlanOptions): Draft {
  const inputs = new Map<string, Port>();
  const outputs = new Map<string, Port>();
  const wanted = [...options.outputs.values(), ...(options.keep ?? [])];
  const { nodes, makers } = fuse(neededNodes(graph, wanted), new Set([...wanted, ...options.bound.keys()]));
  const fed = graph.values.filter((value) => value.origin === "input");
  const builder = new Builder(arrange(nodes, [...fed, ...wanted]), options);

  const staging = (name: string, bytes: number): Place => {
    const storage: Storage = { name, bytes };
    builder.lasting.add(storage);
    return { storage, offset: 0 };
  };
  for (const value of fed) {
    check(
      !inputs.has(value.name),
      () => `There are two inputs "${value.name}", of different shapes. Give each a name of its own.`,
    );
    if (value.form === "dense") {
      inputs.set(value.name, { shape: value.shape, place: builder.place(value) });
      continue;
    }
    const place = staging(`input ${value.name}`, sizeOf(value.shape) * 4);
    const view = builder.view(value);
    builder.step("block", view.n * view.blocks * view.h, [view, place], view.w * 8);
    inputs.set(value.name, { shape: value.shape, place });
  }
  for (const node of nodes) builder.write(node);
  for (const [name, value] of options.outputs) {
    if (value.form === "dense") {
      const place = builder.place(value);
      builder.touch(place.storage, Number.POSITIVE_INFINITY);
      outputs.set(name, { shape: value.shape, place });
      continue;
    }
    const place = staging(`output ${name}`, sizeOf(value.shape) * 4);
    const view = builder.view(value);
    builder.step("unblock", view.n * view.blocks * view.h, [place, view], view.w * 8);
    outputs.set(name, { shape: value.shape, place });
  }
  return { builder, makers, inputs, outputs };
}

/** One line per step: kernel, units of work, arguments, layer. */
export function formatSteps({
  prologue,
  steps,
}: {
  readonly prologue: readonly Step[];
  readonly steps: readonly Step[];
}): string {
  const show = (arg: Arg): string => (typeof arg === "number" ? String(arg) : arg.storage.name);
  const line = (step: Step): string =>
    `${step.kernel}(${step.args.map(show).join(", ")}) x ${step.units}${step.layer ? `  # ${step.layer}` : ""}`;
  return [...prologue.map((step) => `once ${line(step)}`), ...steps.map(line)].join("\n");
}
