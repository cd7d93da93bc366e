// A graph as two files: JSON, and the numbers one tensor after the other.
import { elements, type Graph, type Numbers, type Shape } from "./graph.js";

interface Described extends Omit<Graph, "tensors"> {
  /** Names, shapes and where the numbers begin, counted in numbers. */
  readonly tensors: readonly (readonly [name: string, shape: Shape, at: number])[];
}

/** Tensors that no node reads are left out. */
export function writeGraph(graph: Graph): { json: Uint8Array; numbers: Uint8Array } {
  const text = JSON.stringify(graph.nodes);
  const used = [...graph.tensors].filter(([name]) => text.includes(JSON.stringify(name)));
  const numbers = new Float32Array(used.reduce((sum, [, { data }]) => sum + data.length, 0));
  let at = 0;
  const tensors = used.map(([name, { shape, data }]) => {
    numbers.set(data, at);
    at += data.length;
    return [name, shape, at - data.length] as const;
  });
  const described: Described = { ...graph, tensors };
  return {
    json: new TextEncoder().encode(JSON.stringify(described)),
    numbers: new Uint8Array(numbers.buffer),
  };
}

export function readGraphFiles(json: Uint8Array, numbers: Uint8Array): Graph {
  const { tensors, ...graph }: Described = JSON.parse(new TextDecoder().decode(json));
  const all = new Float32Array(numbers.buffer, numbers.byteOffset, numbers.byteLength / 4);
  return {
    ...graph,
    tensors: new Map(
      tensors.map(([name, shape, at]): [string, Numbers] => [
        name,
        { shape, data: all.subarray(at, at + elements(shape)) },
      ]),
    ),
  };
}
