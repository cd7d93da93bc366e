// PyTorch in a process of its own, which does blocks of work when it is asked to.
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type Shape, Tensor } from "featuremap";

/** An array on its way to or from Python. */
interface Encoded {
  readonly shape: Shape;
  readonly dtype: "float32" | "int32";
  readonly data: string;
}

export interface TorchBatch {
  readonly inputs: Tensor;
  readonly targets: Int32Array;
}

export interface TorchWork {
  /** One of those that bench/pytorch.py has. */
  readonly network: string;
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly batches: readonly TorchBatch[];
  /** For training. */
  readonly lr?: number;
  readonly momentum?: number;
}

export class Torch {
  readonly version: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  private constructor(
    version: string,
    child: ChildProcessByStdio<Writable, Readable, null>,
    lines: Interface,
  ) {
    this.version = version;
    this.#child = child;
    this.#answers = lines[Symbol.asyncIterator]();
  }

  /** Starts it where it is installed; `PYTHON` names another interpreter to try first. */
  static async start(threads = 1): Promise<Torch | null> {
    const python = [process.env.PYTHON, "python3", "/usr/bin/python3"].find(
      (candidate) => candidate && spawnSync(candidate, ["-c", "import numpy, torch"]).status === 0,
    );
    if (!python) return null;
    const count = String(threads);
    const child = spawn(python, ["bench/pytorch.py", count], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count },
    });
    const torch = new Torch("", child, createInterface(child.stdout));
    const { version } = await torch.#ask<{ version: string }>({ do: "version" });
    return Object.assign(torch, { version });
  }

  /** The network, weights and batches of what follows. */
  async begin({ weights, batches, ...rest }: TorchWork): Promise<void> {
    await this.#ask({
      do: "start",
      weights: Object.fromEntries([...weights].map(([name, { data, shape }]) => [name, encode(data, shape)])),
      batches: batches.map(({ inputs, targets }) => ({
        inputs: encode(inputs.data, inputs.shape),
        targets: encode(targets, [targets.length]),
      })),
      ...rest,
    });
  }

  /** Takes steps through the batches in turn. */
  train(times: number): Promise<{ ms: number[]; losses: number[] }> {
    return this.#ask({ do: "train", times });
  }

  /** Predicts one of the batches. */
  async predict(batch: number, times: number): Promise<{ ms: number[]; outputs: Tensor }> {
    const { ms, outputs } = await this.#ask<{ ms: number[]; outputs: Encoded }>({
      do: "predict",
      batch,
      times,
    });
    return { ms, outputs: decode(outputs) };
  }

  /** The network and the input of a folder that bench/inference wrote; `traced`: compiled, not operation by operation. */
  async open(folder: string, traced: boolean): Promise<void> {
    await this.#ask({ do: "open", folder, traced });
  }

  /** The output of that network, `times` times. */
  async infer(times: number): Promise<{ ms: number[]; output: Float32Array }> {
    const { ms, output } = await this.#ask<{ ms: number[]; output: Encoded }>({ do: "infer", times });
    return { ms, output: decode(output).data };
  }

  async weights(): Promise<Map<string, Tensor>> {
    const weights = await this.#ask<Record<string, Encoded>>({ do: "weights" });
    return new Map(Object.entries(weights).map(([name, array]) => [name, decode(array)]));
  }

  end(): void {
    this.#child.stdin.end();
  }

  async #ask<T>(request: object): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error("bench/pytorch.py ended: see above.");
    return JSON.parse(value) as T;
  }
}

function encode(array: Float32Array | Int32Array, shape: Shape): Encoded {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  const dtype = array instanceof Float32Array ? "float32" : "int32";
  return { shape, dtype, data: bytes.toString("base64") };
}

function decode({ data, shape }: Encoded): Tensor {
  return new Tensor(new Float32Array(Uint8Array.from(Buffer.from(data, "base64")).buffer), shape);
}
