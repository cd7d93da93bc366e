import type { Model } from "../../src/layers/model.js";
import { importOnnx } from "../../src/onnx/index.js";
import { readModel } from "../../src/onnx/proto/read.js";
import { unpack } from "../../src/platform/unpack.js";
import { type Shape, sizeOf, Tensor } from "../../src/tensor.js";
import { fixture } from "../harness/fixture.js";
import { uniform, weight } from "../harness/hashed.js";

/** A network as PyTorch exports it, and its answers: see test/goldens/onnx-nets.py. */
export interface NetCase {
  readonly name: string;
  readonly opset: number;
  readonly model: Uint8Array;
  readonly input: Tensor;
  readonly output: Float32Array;
  /** The batch is left open in the file. */
  readonly free: boolean;
  readonly parameters: number;
  readonly loss?: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

type Place = [offset: number, bytes: number];

interface Entry {
  name: string;
  opset: number;
  shape: number[];
  free: boolean;
  model: Place;
  output: Place;
  parameters: number;
  loss?: number;
  gradients?: Record<string, Place>;
}

export async function netCases(): Promise<NetCase[]> {
  const { data } = await unpack([await fixture("onnx/nets.bin")], "deflate", 2 ** 26, "nets.bin");
  const end = data.indexOf(0);
  const entries: Entry[] = JSON.parse(new TextDecoder().decode(data.subarray(0, end)));
  const part = ([offset, bytes]: Place): Uint8Array => data.slice(end + 1 + offset, end + 1 + offset + bytes);
  const floats = (place: Place): Float32Array => new Float32Array(part(place).buffer);
  return entries.map(({ shape, model, output, gradients = {}, ...rest }) => ({
    ...rest,
    model: part(model),
    output: floats(output),
    input: new Tensor(uniform("input", sizeOf(shape)), shape),
    gradients: new Map(Object.entries(gradients).map(([name, place]) => [name, floats(place)])),
  }));
}

/** Imports the network with its random weights, which the file has "in other files". */
export async function imported(one: NetCase, batch: "declared" | "free" = "declared"): Promise<Model> {
  const shapes = new Map<string, Shape>();
  for (const { name, dims } of readModel(one.model).graph!.initializer) shapes.set(`hashed/${name}`, dims);
  return importOnnx(one.model, {
    batch,
    externalData(name) {
      const { data } = weight(name.slice("hashed/".length), shapes.get(name)!);
      return new Uint8Array(data.buffer);
    },
  });
}
