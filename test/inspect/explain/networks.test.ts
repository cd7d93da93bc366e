// Explanations of networks of many kinds.

import {
  conv1d,
  conv2d,
  custom,
  flatten,
  globalAvgPool2d,
  type Layer,
  linear,
  logSoftmax,
  maxPool2d,
  parallel,
  relu,
  sequential,
  sigmoid,
  softmax,
} from "../../../src/index.js";
import {
  type Explanation,
  gradCam,
  integratedGradients,
  maximize,
  occlusion,
  saliency,
  smoothGrad,
} from "../../../src/inspect/index.js";
import { buildModel, type Model } from "../../../src/layers/model.js";
import { exportOnnx, importOnnx } from "../../../src/onnx/index.js";
import { Tensor } from "../../../src/tensor.js";
import { assert, near, rejectsMessage, suite } from "../../harness/suite.js";
import { imported, netCases } from "../../onnx/nets.js";
import { runtimeOf } from "../../train/problems.js";
import { noise, SHAPE, smooth } from "./problems.js";

const test = suite("explanations of any network");

const x = noise(SHAPE, 5);

/** Every method, in few steps. */
async function all(model: Model, input: Tensor, target: object = {}): Promise<Explanation[]> {
  return [
    await saliency(model, input, target),
    await smoothGrad(model, input, { ...target, samples: 3 }),
    await integratedGradients(model, input, { ...target, steps: 3 }),
    await gradCam(model, input, target),
    await occlusion(model, input, target),
  ];
}

test("an ONNX file's explanations are those of the network it was made of", async () => {
  using model = await smooth();
  using copy = await importOnnx(exportOnnx(model));
  const [own, theirs] = [await all(model, x), await all(copy, x)];
  for (const [i, { method, map, score, target }] of theirs.entries()) {
    const wanted = own[i]!;
    assert.is(target.class, wanted.target.class);
    near([score], [wanted.score], { atol: 1e-5 });
    if (method === "Grad-CAM") continue; // of another layer, with another name
    const most = wanted.map.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    near(map.data, wanted.map.data, { atol: 1e-3 * most, rtol: 0 }, method);
  }
});

test("networks as PyTorch exports them, bound to a batch or not", async () => {
  let explained = 0;
  for (const one of await netCases()) {
    if (one.input.shape.length !== 4 || one.output.length / one.input.shape[0]! > 20) continue;
    const [n, ...shape] = one.input.shape;
    using model = await imported(one);
    const input = new Tensor(one.input.data.slice(0, one.input.size / n!), shape);
    const { map, score, target } = await saliency(model, input);
    const scores = one.output.subarray(0, one.output.length / n!);
    near([score], [scores[target.class!]!], { rtol: 1e-3, atol: 1e-4 }, one.name);
    assert.equal(map.shape, shape.slice(1));
    assert.ok(map.data.some((value) => value > 0));
    const { map: smoothed } = await smoothGrad(model, input, { samples: 3, noise: 0 });
    near(smoothed.data, map.data, { rtol: 1e-4, atol: 1e-6 }, one.name);
    explained++;
  }
  assert.ok(explained > 0);
});

test("a network bound to a batch of several explains one input", async () => {
  using model = await smooth();
  using bound = await importOnnx(exportOnnx(model, { batch: 4 }));
  const [own, theirs] = [await all(model, x), await all(bound, x)];
  for (const i of [0, 1, 2, 4]) near(theirs[i]!.map.data, own[i]!.map.data, { atol: 1e-5, rtol: 1e-3 });
  await rejectsMessage(
    smoothGrad(bound, x, { batchSize: 3 }),
    /smoothGrad: batchSize is 3; it must be 4, which the network is bound to/,
  );
});

test("a softmax at the end, or its logarithm, is looked behind", async () => {
  const head = (...last: Layer[]) =>
    sequential([conv2d(4, 3), sigmoid(), globalAvgPool2d(), flatten(), linear(3), ...last]);
  using plain = await head().build(SHAPE.slice(1), { seed: 2 });
  for (const last of [softmax(), logSoftmax()]) {
    using model = await head(last).build(SHAPE.slice(1), { seed: 2 });
    for (const [i, { map, score }] of (await all(model, x)).entries()) {
      const wanted = (await all(plain, x))[i]!;
      near([score], [wanted.score], { atol: 1e-6 });
      near(map.data, wanted.map.data, { atol: 1e-6 });
    }
  }
});

test("scores of one pixel, [n, c, 1, 1], are classes", async () => {
  using model = await sequential([conv2d(4, 3), relu(), conv2d(3, 1), globalAvgPool2d()]).build([1, 8, 8]);
  const input = noise([1, 8, 8]);
  for (const { target, score } of await all(model, input)) {
    const { data } = await model.predict(input.reshape(1, 1, 8, 8));
    near([score], [Math.max(...data)], { atol: 1e-6 });
    assert.is(target.label, String(data.indexOf(Math.max(...data))));
  }
});

test("scores of many pixels are refused; one of them is explained by layer, channel and unit", async () => {
  using model = await sequential([conv2d(4, 3, { padding: 1 }), relu(), conv2d(3, 1)]).build([1, 8, 8]);
  const input = noise([1, 8, 8]);
  await rejectsMessage(
    saliency(model, input, { class: 1 }),
    /outputs have shape \[3, 8, 8\], not one score per class\. Name the last layer and a channel/,
  );
  const { map, target } = await saliency(model, input, { layer: "2", channel: 1, unit: [2, 3] });
  assert.is(target.label, 'unit [2, 3] of channel 1 of layer "2"');
  assert.is(target.probability, undefined);
  // Nothing but the 3 x 3 pixels around it.
  for (let y = 0; y < 8; y++)
    for (let i = 0; i < 8; i++) if (Math.abs(y - 2) > 1 || Math.abs(i - 3) > 1) assert.is(map.at(y, i), 0);
});

test("a network with several outputs is explained by its first", async () => {
  const layer = custom("Two", (scope, v) => {
    const first = scope.child("first", sequential([conv2d(3, 3), globalAvgPool2d(), flatten()]), v);
    scope.output("second", scope.child("second", sequential([flatten(), linear(2)]), v));
    return first;
  });
  using model = await buildModel(layer, [{ name: "input", shape: [1, 2, 6, 6], batch: true }], {
    outputs: ["first", "second"],
  });
  const input = noise([1, 2, 6, 6]);
  const outputs = await model.predict({ input });
  for (const { score, target } of await all(model, input, { class: 2 })) {
    near([score], [outputs.first!.data[2]!], { atol: 1e-6 });
    assert.is(target.class, 2);
  }
  const second = await saliency(model, input, { layer: "second", channel: 1 });
  near([second.score], [outputs.second!.data[1]!], { atol: 1e-6 });
});

test("a network with several inputs is refused with what can be done", async () => {
  const layer = custom("Sum", (scope, v) => scope.add(v, scope.input("b") as typeof v));
  using model = await buildModel(layer, [
    { name: "a", shape: [1, 1, 4, 4], batch: true },
    { name: "b", shape: [1, 1, 4, 4], batch: true },
  ]);
  await rejectsMessage(
    gradCam(model, noise([1, 1, 4, 4])),
    /gradCam: the network has 2 inputs \("a", "b"\); only networks with one can be looked into\. Use predict/,
  );
});

test("lines and features: a map of one row", async () => {
  using model = await sequential([linear(5), sigmoid(), linear(2)]).build([7]);
  assert.equal((await saliency(model, noise([7]))).map.shape, [1, 7]);
  assert.equal((await occlusion(model, noise([7]), { patch: [1, 2] })).map.shape, [1, 7]);
  await rejectsMessage(gradCam(model, noise([7])), /there is no convolution with maps .* Name a layer/);
});

test("Grad-CAM of a line, by hand", async () => {
  const layers = { conv: conv1d(3, 3, { padding: 1 }), flat: flatten(), fc: linear(2) };
  using model = await sequential(layers).build([2, 9], { seed: 4 });
  const input = noise([2, 9], 3);
  const maps = (await model.taps(input.reshape(1, 2, 9), ["conv"])).conv!.data;
  const weights = model.stateDict().get("fc.weight")!.data.subarray(27); // of class 1, as many as the maps have numbers
  const { at, coarse, map } = await gradCam(model, input, { class: 1 });
  assert.is(at, "conv");
  const expected = Array.from({ length: 9 }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < 3; k++)
      sum += (weights.slice(9 * k, 9 * k + 9).reduce((a, b) => a + b, 0) / 9) * maps[9 * k + i]!;
    return Math.max(0, sum);
  });
  assert.ok(expected.some((value) => value > 0));
  assert.equal(
    [coarse.shape, map.shape],
    [
      [1, 9],
      [1, 9],
    ],
  );
  near(coarse.data, expected, { atol: 1e-6 });
  near(map.data, expected, { atol: 1e-6 });
});

test("what is no number is explained by nothing", async () => {
  using model = await smooth();
  const broken = new Tensor(x.data.slice(), x.shape);
  broken.data[7] = Number.NaN;
  for (const [method, explain] of Object.entries({
    saliency,
    smoothGrad,
    integratedGradients,
    gradCam,
    occlusion,
  })) {
    await rejectsMessage(
      explain(model, broken, { class: "dog" }),
      new RegExp(
        `^${method}: the score of class "dog" is NaN, .* not finite in the input and in the weights`,
      ),
    );
  }
  await rejectsMessage(saliency(model, broken), /saliency: the score of class "cat" is NaN/);
  const start = { layer: "conv", channel: 0, start: broken };
  await rejectsMessage(maximize(model, start), /the score of channel 0 of layer "conv" is NaN/);
});

test("inputs of another size than the network was built for", async () => {
  using model = await sequential([conv2d(4, 3), relu(), globalAvgPool2d(), flatten()]).build([1, 8, 8]);
  for (const { map } of await all(model, noise([1, 11, 14]))) assert.equal(map.shape, [11, 14]);
});

test("Grad-CAM takes the last maps that everything passes", async () => {
  const body = parallel([conv2d(3, 1), sequential([conv2d(2, 3, { padding: 1 }), relu()])]);
  using model = await sequential({
    stem: conv2d(4, 3, { padding: 1 }),
    pool: maxPool2d(2),
    fork: body,
    act: relu(),
    down: maxPool2d(2),
    flat: flatten(),
    fc: linear(3),
  }).build([1, 12, 12]);
  const input = noise([1, 12, 12]);
  assert.is((await gradCam(model, input)).at, "act");
  assert.is((await gradCam(model, input, { layer: "act", channel: 1 })).at, "fork");
  // Neither branch alone, and not the stem, whose maps are larger.
  assert.is((await gradCam(model, input, { layer: "fork", channel: 1 })).at, "pool");
  using forked = await sequential({ fork: body }).build([1, 12, 12]);
  await rejectsMessage(
    gradCam(forked, input, { layer: "fork", channel: 1 }),
    /no one layer has the maps that channel 1 of layer "fork" is made from\. Name a layer/,
  );
  const named = await gradCam(model, input, { at: "stem" });
  assert.equal(named.coarse.shape, [12, 12]);
  await rejectsMessage(gradCam(model, input, { at: "fc" }), /layer "fc" has shape \[3\]; it must have maps/);
  await rejectsMessage(gradCam(model, input, { at: "fcc" }), /no layer "fcc"\. Its layers are: stem, pool/);
  await rejectsMessage(gradCam(model, input, { at: 3 } as object), /gradCam: at is 3; it must be the name/);
  await rejectsMessage(gradCam(model, input, { at: "" }), /gradCam: at is ""; it must be the name/);
});

test("pictures need something that makes inputs of them", async () => {
  using model = await smooth();
  const picture = { width: 12, height: 10, channels: 3, data: new Uint8Array(360) };
  await rejectsMessage(saliency(model, picture), /nothing that makes inputs of pictures\. Build it with/);
  model.prepare = async () => x;
  const [own, theirs] = [await saliency(model, x), await saliency(model, picture)];
  assert.equal([...theirs.map.data], [...own.map.data]);
  await rejectsMessage(saliency(model, 3 as never), /the input is 3; it must be a Tensor/);
});

test("leave no memory behind, finished or stopped", async () => {
  using on = runtimeOf(1);
  using model = await smooth({ runtime: on });
  const everything = async () => {
    await all(model, x);
    await maximize(model, { class: 0, steps: 2 });
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error("enough"));
    const options = { signal: stop.signal, onProgress, batchSize: 1 };
    await rejectsMessage(occlusion(model, x, options), /enough/);
  };
  await everything();
  const { usedBytes } = on.heap;
  const before = on.heap.memory.buffer.byteLength;
  for (let i = 0; i < 10; i++) await everything();
  assert.equal([on.heap.usedBytes, on.heap.memory.buffer.byteLength], [usedBytes, before]);
});

test.run();
