// Other people's programs as oracles: see scripts/oracles.mjs. Only for tests that run in Node.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { skip } from "./suite.js";

/** What tests use of onnxruntime-node. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(file: Uint8Array | string, options?: object): Promise<Session>;
  };
  readonly Tensor: new (
    type: "float32" | "int64",
    data: Float32Array | BigInt64Array,
    dims: readonly number[],
  ) => RuntimeTensor;
}

export interface RuntimeTensor {
  readonly type: string;
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

/** ONNX Runtime; ends the running test as skipped where it is not installed. */
export function onnxRuntime(): OnnxRuntime {
  const folder = resolve("build/oracles");
  if (!existsSync(`${folder}/.stamp`)) {
    skip("onnxruntime-node is not installed: the npm registry could not be reached");
  }
  return createRequire(`${folder}/package.json`)("onnxruntime-node") as OnnxRuntime;
}
