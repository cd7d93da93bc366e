// What no order of places could do without: the activations that are needed at the same time.
import { elements, type Graph, shapesOf } from "./graph.js";

/**
 * Bytes of the largest set of values that live at once, where activations are applied to what they follow (see fold), a sum
 * may replace one of its terms, parts are written into the concatenation they are part of, and a flattened value is the
 * same value.
 */
export function leastActivationBytes(graph: Graph): number {
  const shapes = shapesOf(graph);
  const size = (name: string): number => elements(shapes.get(name)!);
  const lastRead = new Map<string, number>([[graph.output, graph.nodes.length]]);
  for (const [at, { inputs }] of graph.nodes.entries())
    for (const name of inputs) lastRead.set(name, Math.max(at, lastRead.get(name) ?? 0));
  let live = size(graph.input.name);
  let most = live;
  for (const [at, { op, inputs, output }] of graph.nodes.entries()) {
    const dying = [...new Set(inputs)].filter((name) => lastRead.get(name) === at);
    const freed = dying.reduce((sum, name) => sum + size(name), 0);
    const made = size(output);
    const inPlace = op === "concat" || op === "add" || op === "activation" || op === "flatten";
    most = Math.max(most, live + (inPlace ? Math.max(0, made - freed) : made));
    live += made - freed;
  }
  return 4 * most;
}
