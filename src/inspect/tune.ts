import { check } from "../errors.js";
import { fuse } from "../graph/fuse.js";
import { Graph, neededNodes } from "../graph/graph.js";
import { Plan } from "../graph/plan.js";
import type { Model } from "../layers/model.js";
import { type ConvAlgorithm, TILED_WAYS, tilesOf } from "../ops/algorithm.js";
import { conv2d, kernelSize } from "../ops/conv2d.js";
import type { Storage } from "../ops/layout.js";
import type { Node, Value } from "../ops/op.js";
import { sizeOf } from "../tensor.js";
import { outlineOf } from "./layer-nodes.js";

interface Measured {
  /** Milliseconds of one input in each of the ways, the least of several, on the calling thread; of all uses of the layer. */
  readonly ms: Readonly<Partial<Record<ConvAlgorithm, number>>>;
  /** What it was computed by; of several uses, the first one. */
  readonly before: ConvAlgorithm;
}

/** How long a convolution takes in each of the ways in which it can be computed. */
export interface TunedLayer extends Measured {
  readonly name: string;
  readonly fastest: ConvAlgorithm;
}

const ROUNDS = 5;
/** About how long each way is measured in a round. */
const ROUND_MS = 4;

/**
 * Measures, for one input of the shape that the model was built for, each convolution in the ways in which it can be computed,
 * and lets the model use the fastest from now on; otherwise it goes by a count of operations, which does not know this
 * machine. Takes some tenths of a second to some seconds, on the calling thread. Training goes on by the count.
 */
export async function tune(model: Model): Promise<TunedLayer[]> {
  outlineOf("tune", model);
  check(
    model.planning.convolution !== "direct",
    "tune: the model was built with winograd: false, so there is nothing to choose. Build it without that option.",
  );
  model.runtime.checkIdle("tune");
  const { graph, outputs, bound } = model.trace({}, false);
  const wanted = [...outputs.values()];
  const { nodes } = fuse(neededNodes(graph, wanted), new Set(wanted));
  const known = new Map<string, Measured>();
  /** Of each layer, all its uses. */
  const uses = new Map<string, Measured[]>();
  for (const node of nodes) {
    if (node.op !== conv2d) continue;
    const key = JSON.stringify([node.inputs.slice(0, 2).map((value) => value!.shape), node.attrs]);
    const found = known.get(key) ?? measured(model, node, bound.get(node.inputs[1]!));
    known.set(key, found);
    uses.set(node.name, [...(uses.get(node.name) ?? []), found]);
    await new Promise((resolve) => setTimeout(resolve));
  }
  const layers: TunedLayer[] = [];
  for (const [name, [first, ...others]] of uses) {
    const ways = (Object.keys(first!.ms) as ConvAlgorithm[]).filter((way) =>
      others.every(({ ms }) => way in ms),
    );
    const total = (way: ConvAlgorithm): number =>
      [first!, ...others].reduce((sum, { ms }) => sum + ms[way]!, 0);
    const ms = Object.fromEntries(ways.map((way) => [way, total(way)])) as Measured["ms"];
    if (ways.length < 2) continue;
    const fastest = ways.reduce((best, way) => (ms[way]! < ms[best]! ? way : best));
    layers.push({ name, ms, before: first!.before, fastest });
  }
  const convolution = new Map(layers.map(({ name, fastest }) => [name, fastest]));
  model.planning = { ...model.planning, convolution };
  model.rest();
  return layers;
}

/** The convolution of a node by itself, in every way. */
function measured(model: Model, node: Node, weights: Storage | undefined): Measured {
  const [x, w] = node.inputs as Value[];
  const graph = new Graph();
  const input = graph.input("x", x!.shape);
  const weight = graph.weight("w", w!.shape, "parameter");
  const { sh, sw, dh, dw, groups, flip } = node.attrs;
  const output = graph.within(node.name, () =>
    graph.add(conv2d, [input, weight, null], { sh, sw, dh, dw, groups, flip }),
  );
  const options = {
    ...model.planning,
    outputs: new Map([["y", output]]),
    bound: new Map([[weight, weights!]]),
  };
  const feeds = { x: new Float32Array(sizeOf(x!.shape)).fill(1) };
  const planOf = (convolution?: ConvAlgorithm): Plan =>
    new Plan(
      model.runtime,
      graph,
      { ...options, ...(convolution && { convolution }) },
      `Tuning "${node.name}"`,
    );
  /** Which way a plan goes. */
  const wayOf = ({ steps }: Plan): ConvAlgorithm =>
    TILED_WAYS.find((way) => steps.some(({ kernel }) => kernel === way)) ?? "direct";

  const plans = new Map<ConvAlgorithm, Plan>();
  try {
    const usual = planOf();
    const before = wayOf(usual);
    plans.set(before, usual);
    if (weights === undefined) return { ms: {}, before };
    const [kh, kw] = kernelSize(w!.shape);
    const tiled = TILED_WAYS.filter((way) => tilesOf(way, { kh, kw, sh, sw, dh, dw }));
    for (const asked of ["direct", ...tiled] as const) {
      const plan = planOf(asked);
      if (plans.has(wayOf(plan))) plan.dispose();
      else plans.set(asked, plan);
    }
    return { ms: plans.size > 1 ? leastOf(plans, feeds) : {}, before };
  } finally {
    for (const plan of plans.values()) plan.dispose();
  }
}

/** The least time of each plan; they take turns, so that a machine that slows down slows down all of them. */
function leastOf(
  plans: ReadonlyMap<ConvAlgorithm, Plan>,
  feeds: Record<string, Float32Array>,
): Partial<Record<ConvAlgorithm, number>> {
  const least: Partial<Record<ConvAlgorithm, number>> = {};
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [way, plan] of plans) {
      let times = 0;
      const started = performance.now();
      let now = started;
      for (; times === 0 || now - started < ROUND_MS; times++, now = performance.now())
        plan.runSync(feeds, plan);
      // The first round is for the engine to compile the kernels.
      if (round > 0) least[way] = Math.min(least[way] ?? Number.POSITIVE_INFINITY, (now - started) / times);
    }
  }
  return least;
}
