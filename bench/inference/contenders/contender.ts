import type { Job, PeerName } from "../job.js";

/** What a contender needs of where it runs: Node or a page. */
export interface Host {
  readonly page: boolean;
  /** A file of the work at hand. */
  read(job: Job, file: string): Promise<Uint8Array>;
  /** A peer's module, untyped: the project does not depend on peers. */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  module(name: "onnxruntime-web" | "onnxruntime-node" | "tfjs" | "litert"): Promise<any>;
  featuremap(): Promise<Library>;
  /** Where a page finds the files of a peer's package, or Node's path of it. */
  folder(packageName: string): string;
  workFolder(job: Job): string;
  /** PyTorch on so many threads; null where it is not. */
  torch(threads: number): Promise<TorchInference | null>;
}

/** What bench/pytorch.ts does of this. */
export interface TorchInference {
  open(folder: string, traced: boolean): Promise<void>;
  infer(times: number): Promise<{ ms: number[]; output: Float32Array }>;
  end(): void;
}

/** The library, as it is published. */
export interface Library {
  readonly init: typeof import("featuremap").init;
  readonly Tensor: typeof import("featuremap").Tensor;
  readonly models: typeof import("featuremap/zoo").models;
  readonly importOnnx: typeof import("featuremap/onnx").importOnnx;
  readonly formatPlan: typeof import("featuremap/inspect").formatPlan;
}

/** A model that is ready. */
export interface Built {
  /** One inference of the input. */
  infer(): Float32Array | Promise<Float32Array>;
  /** A block of inferences, where the contender times them itself. */
  block?(times: number): Promise<ArrayLike<number>>;
  /** Milliseconds of the plan's own steps, without the copies of input and output; null where that cannot be told. */
  alone?(): number | null;
  memory?(): { used: number; reserved: number };
  end?(): void;
}

/** A program that answers what a network's output is. */
export interface Contender {
  readonly name: PeerName;
  /** Input and output have their channels last, [n, h, w, c]. */
  readonly channelsLast?: boolean;
  /** Files it reads besides the input. */
  files(work: Pick<Job, "zoo">): readonly string[];
  /** Loads its code; what it returns builds the model. */
  load(host: Host, job: Job): Promise<(files: readonly Uint8Array[], input: Float32Array) => Promise<Built>>;
}

export const NETWORK = "network.onnx";
export const WEIGHTS = "weights.safetensors";
/** The input, float32, [n, c, h, w]. */
export const INPUT = "input.bin";
