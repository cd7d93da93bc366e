// What the processes and pages that measure are told, and what they answer: all of it goes through JSON.
import type { Timing } from "../alternate.js";

/** Where the files of pieces of work lie, seen from the repository and from the server of pages. */
export const FOLDER = "build/bench/work";

/** "featuremap-1": featuremap on one thread beside itself on several. */
export type PeerName =
  | "featuremap"
  | "featuremap-1"
  | "ort"
  | "tfjs"
  | "litert"
  | "ort-native"
  | "torch"
  | "torch-traced";

/** One network or layer to be timed on several contenders. */
export interface Job {
  readonly name: string;
  /** Its name in the zoo; what is not there is imported from its ONNX file. */
  readonly zoo?: string;
  /** Shape of the input, [n, c, h, w]. */
  readonly input: readonly number[];
  /** Shape of the output: with pixels where there are four sizes. */
  readonly output: readonly number[];
  readonly threads: number;
  readonly peers: readonly PeerName[];
  readonly rounds: number;
  /** About how long all rounds may take. */
  readonly budgetMs: number;
  /** Also times what a network is made of without its input and output, beside a loop in registers. */
  readonly alone: boolean;
}

/** What was measured of one contender. */
export interface Measured {
  readonly peer: PeerName;
  /** Milliseconds: loading the code, building the model from bytes at hand, the first inference. */
  readonly load: number;
  readonly build: number;
  readonly first: number;
  readonly timing: Timing;
  /** How its answer differs from featuremap's; null if it does not. */
  readonly difference: string | null;
  /** Bytes of WebAssembly memory: what is in use, and what was asked of the engine. */
  readonly memory?: { readonly used: number; readonly reserved: number };
}

/** A layer without the copies of its input and output, beside what the engine makes of the processor. */
export interface Alone {
  /** Milliseconds of the layer's own steps. */
  readonly ms: number;
  /** Multiplications and additions in a second: what a loop in registers reaches, and whether they are fused. */
  readonly peak: { readonly gflops: number; readonly fused: boolean };
}

export interface Report {
  /** "Node 20.20.0", "Chromium 150.0". */
  readonly engine: string;
  readonly measured: readonly Measured[];
  /** Contenders that could not do it, and why. */
  readonly alone?: Alone;
  readonly absent: readonly { readonly peer: PeerName; readonly why: string }[];
}
