// Layers that change the shape of images against PyTorch's modules, by their names and options: see layers.py.

import {
  adaptiveMaxPool2d,
  convTranspose1d,
  convTranspose2d,
  globalMaxPool2d,
  instanceNorm2d,
  type Layer,
  pixelShuffle,
  pixelUnshuffle,
  sequential,
  upsample,
} from "../../src/index.js";
import { readSafetensors } from "../../src/weights/safetensors.js";
import { fixture } from "../harness/fixture.js";
import { near, suite } from "../harness/suite.js";

interface Case {
  readonly name: string;
  readonly layer: string;
  readonly arguments: readonly unknown[];
}

// biome-ignore lint/suspicious/noExplicitAny: arguments as layers.py wrote them, different for each layer.
const layers: Record<string, (...given: any[]) => Layer> = {
  adaptiveMaxPool2d,
  convTranspose1d,
  convTranspose2d,
  globalMaxPool2d,
  instanceNorm2d,
  pixelShuffle,
  pixelUnshuffle,
  upsample,
};

const test = suite("PyTorch's layers");
const { tensors, metadata } = readSafetensors(await fixture("goldens/layers.safetensors"));
for (const { name, layer, arguments: given } of JSON.parse(metadata.cases!) as Case[]) {
  test(`${layer}(${JSON.stringify(given).slice(1, -1)})`, async () => {
    const own = [...tensors].filter(([key]) => key.startsWith(`${name}.`));
    const values = new Map(own.map(([key, value]) => [key.slice(name.length + 1), value]));
    const [x, y] = [values.get("x")!, values.get("y")!];
    const state = [...values].filter(([key]) => key !== "x" && key !== "y");
    using model = await sequential([layers[layer]!(...given)]).build(x.shape.slice(1));
    model.loadStateDict(new Map(state.map(([key, value]) => [`0.${key}`, value])));
    near(model.predictSync(x).data, y.data, { atol: 1e-5, rtol: 1e-5 });
  });
}
test.run();
