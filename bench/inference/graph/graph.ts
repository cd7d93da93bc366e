// A network as the formats of peers need it: few kinds of nodes, shapes known, numbers at hand.

export type Shape = readonly number[];

export type Activation = "none" | "relu" | "relu6" | "sigmoid" | "tanh";

/** How a kernel goes over pixels. Padding is what it reads beyond each edge, no more. */
export interface Window {
  readonly kernel: readonly [kh: number, kw: number];
  readonly strides: readonly [sh: number, sw: number];
  readonly dilations: readonly [dh: number, dw: number];
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** What a node computes. `w`, `b` and so on name tensors. */
export type Work =
  | {
      readonly op: "conv";
      readonly w: string;
      readonly b: string | null;
      readonly window: Window;
      readonly groups: number;
      readonly activation: Activation;
    }
  | {
      readonly op: "linear";
      readonly w: string;
      readonly b: string | null;
      readonly activation: Activation;
    }
  | {
      readonly op: "batchNorm";
      readonly scale: string;
      readonly shift: string;
      readonly mean: string;
      readonly variance: string;
      readonly epsilon: number;
    }
  | { readonly op: "maxPool"; readonly window: Window }
  /** `padded`: pixels beyond the edge count. */
  | { readonly op: "averagePool"; readonly window: Window; readonly padded: boolean }
  | { readonly op: "add"; readonly activation: Activation }
  | { readonly op: "activation"; readonly activation: Activation }
  | {
      readonly op: "localResponseNorm";
      readonly size: number;
      readonly alpha: number;
      readonly beta: number;
      readonly bias: number;
    }
  | { readonly op: "globalAverage" | "concat" | "flatten" | "softmax" };

export type Node = Work & {
  readonly inputs: readonly string[];
  readonly output: string;
  /** Of the output, [n, c, h, w] or [n, c]. */
  readonly shape: Shape;
};

export type NodeOf<Op extends Node["op"]> = Extract<Node, { op: Op }>;

export interface Numbers {
  readonly shape: Shape;
  readonly data: Float32Array;
}

export interface Graph {
  readonly input: { readonly name: string; readonly shape: Shape };
  readonly output: string;
  readonly nodes: readonly Node[];
  readonly tensors: ReadonlyMap<string, Numbers>;
}

export const elements = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** The shape of every value. */
export function shapesOf({ input, nodes }: Graph): Map<string, Shape> {
  return new Map([[input.name, input.shape], ...nodes.map(({ output, shape }) => [output, shape] as const)]);
}

/** Multiply-adds of convolutions and linear layers. */
export function macsOf(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => {
    if (node.op !== "conv" && node.op !== "linear") return sum;
    const perOutput = elements(graph.tensors.get(node.w)!.shape.slice(1));
    return sum + elements(node.shape) * perOutput;
  }, 0);
}
