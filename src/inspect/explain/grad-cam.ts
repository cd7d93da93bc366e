import { check, checkIs, checkOptions } from "../../errors.js";
import { neededNodes } from "../../graph/graph.js";
import type { Model, Picture } from "../../layers/model.js";
import { conv2d } from "../../ops/conv2d.js";
import type { Node, Value } from "../../ops/op.js";
import { formatShape, type Shape, Tensor } from "../../tensor.js";
import { type ExplainOptions, type Explanation, explainOptions } from "./explanation.js";
import { derivativesAt } from "./passes.js";
import { resizeMap } from "./resize-map.js";
import { nameOf, type Subject, sizesOf, subjectOf } from "./subject.js";

export interface GradCamOptions extends ExplainOptions {
  /**
   * Name of the layer whose maps are weighed. Default: the last with maps as large as the last convolution's, before what
   * pools or flattens them, of those that everything has to go through.
   */
  readonly at?: string;
}

export interface GradCam extends Explanation {
  /** The layer whose maps were weighed. */
  readonly at: string;
  /** The map in that layer's size, [h, w]. */
  readonly coarse: Tensor;
}

/**
 * Where a layer's maps speak for the class (Selvaraju et al., 2016): each map of the layer weighted by the mean of the
 * derivatives of the score with respect to it, their sum, and of that what is above zero; resized to the input. One
 * forward and one backward pass.
 */
export async function gradCam(
  model: Model,
  input: Tensor | Picture,
  options: GradCamOptions = {},
): Promise<GradCam> {
  const what = "gradCam";
  checkOptions(what, options, [...explainOptions, "at"]);
  const isName = options.at === undefined || (typeof options.at === "string" && options.at !== "");
  checkIs(isName, `${what}: at`, options.at, "the name of a layer");
  const subject = await subjectOf(what, model, input, options);
  const at = options.at ?? lastMaps(subject);
  const { value, gradient } = await derivativesAt(subject, at, options.signal);
  const [k, h, w] = sizesOf(value);
  check(
    hasMaps(value.shape),
    () =>
      `${what}: the output of layer "${at}" has shape ${formatShape(value.shape.slice(1))}; it must have maps, [c, h, w] or [c, w]. ` +
      "Name a layer before those are pooled or flattened.",
  );
  const area = h * w;
  const sum = new Float64Array(area);
  for (let map = 0; map < k; map++) {
    let weight = 0;
    for (let i = map * area; i < (map + 1) * area; i++) weight += gradient.data[i]! / area;
    for (let i = 0; i < area; i++) sum[i]! += weight * value.data[map * area + i]!;
  }
  const coarse = new Tensor(
    Float32Array.from(sum, (one) => Math.max(0, one)),
    [h, w],
  );
  const [, height, width] = sizesOf(subject.input);
  return {
    method: "Grad-CAM",
    text: `Where the maps of layer "${at}", of ${h} × ${w} pixels, speak for it.`,
    map: resizeMap(coarse, height, width),
    unit: "weighted sum of the maps",
    score: subject.score,
    target: subject.target,
    at,
    coarse,
  };
}

/** The layer of the last maps that the score is made from: see {@link GradCamOptions}. */
function lastMaps({ what, model, input, target }: Subject): string {
  const { graph, input: start, records, output } = model.trace(input.shape, false);
  const end = records.find(({ name }) => name === target.layer)?.output ?? output;
  const nodes = neededNodes(graph, [end]);
  const convolution = nodes.findLast(({ op, outputs: [y] }) => op === conv2d && pixels(y!.shape) > 1);
  const area = convolution && pixels(convolution.outputs[0]!.shape);
  const passed = passedBy(nodes, start, end);
  let last: (typeof records)[number] | undefined;
  for (const record of records) {
    const y = record.output;
    if (y === end || !passed.has(y) || !hasMaps(y.shape) || pixels(y.shape) !== area) continue;
    // Of layers with the same output the outermost, which comes first.
    if (!last || y.id > last.output.id) last = record;
  }
  check(
    last,
    () =>
      `${what}: ${
        convolution
          ? `no one layer has the maps that ${nameOf(target)} is made from`
          : `there is no convolution with maps of more than one pixel before ${nameOf(target)}`
      }. Name a layer with maps as the option at.`,
  );
  return last.name;
}

/** Pixels of a map: those of a line lie in one row. */
function pixels([, , h = 1, w = 1]: Shape): number {
  return h * w;
}

/** Whether it has channels of more than one pixel. */
function hasMaps(shape: Shape): boolean {
  return shape.length >= 3 && pixels(shape) > 1;
}

/** The values that every way from the start to the end goes through. */
function passedBy(nodes: readonly Node[], start: Value, end: Value): Set<Value> {
  const passed = new Map<Value, ReadonlySet<Value>>([[start, new Set([start])]]);
  for (const { inputs, outputs } of nodes) {
    const [first, ...others] = inputs.map((value) => value && passed.get(value)).filter((set) => !!set);
    if (!first) continue;
    const common = [...first].filter((value) => others.every((other) => other.has(value)));
    for (const output of outputs) passed.set(output, new Set([...common, output]));
  }
  return new Set(passed.get(end));
}
