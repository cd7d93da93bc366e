import type { Graph } from "../graph/graph.js";
import { sizeOf, Tensor } from "../tensor.js";
import type { Feeds, Port } from "./ports.js";

/** Runs to warm up, and the time after which there is no further one. */
const RUNS = 4;
const ENOUGH_MS = 100;

/** Runs several times what takes little: engines compile in the background what has run for a while. */
export async function warm(run: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  for (let i = 0; i < RUNS && performance.now() - started < ENOUGH_MS; i++) await run();
}

/** Zeros for all inputs, of the shapes that the model was built for. */
export function zerosFor(ports: readonly Port[]): Feeds {
  return Object.fromEntries(
    ports.map(({ name, shape }) => [name, new Tensor(new Float32Array(sizeOf(shape)), shape)]),
  );
}

/** Multiply-adds and values of a network that is not run unasked: some seconds, 1 GiB. */
const LARGE_MACS = 4e10;
const LARGE_VALUES = 2 ** 28;

/** Whether a network is too large to be run unasked. */
export function isLarge({ nodes, values }: Graph): boolean {
  const macs = nodes.reduce((sum, node) => sum + (node.op.macs?.(node) ?? 0), 0);
  const inside = values.filter(({ origin }) => origin !== "parameter" && origin !== "buffer");
  return macs > LARGE_MACS || inside.reduce((sum, { elements }) => sum + elements, 0) > LARGE_VALUES;
}
