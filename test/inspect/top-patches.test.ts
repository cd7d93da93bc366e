import type { Dataset } from "../../src/data/index.js";
import {
  conv2d,
  flatten,
  globalMaxPool2d,
  linear,
  type Model,
  maxPool2d,
  Random,
  relu,
  sequential,
  Tensor,
  upsample,
} from "../../src/index.js";
import { topPatches, topPatchesFigure } from "../../src/inspect/index.js";
import { assert, near, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("topPatches");

const [C, H, W] = [2, 9, 8];

/** Random pictures, made when asked for; `asked` has how many were asked for at a time. */
function pictures(length: number, make?: (index: number) => ArrayLike<number>) {
  const asked: number[] = [];
  const random = new Random(9);
  const one =
    make ??
    ((index: number): ArrayLike<number> => {
      const own = random.fork(index);
      return Float32Array.from({ length: C * H * W }, () => own.normal());
    });
  const dataset: Dataset = {
    name: "noise",
    length,
    shape: [C, H, W],
    classes: ["even", "odd"],
    get(indices) {
      asked.push(indices.length);
      const data = new Float32Array(indices.length * C * H * W);
      for (let i = 0; i < indices.length; i++) data.set(one(indices[i]!), i * C * H * W);
      return {
        inputs: new Tensor(data, [indices.length, C, H, W]),
        targets: Int32Array.from(indices, (index) => index % 2),
      };
    },
  };
  return { dataset, asked, one };
}

const net = (): Promise<Model> =>
  sequential({
    conv: conv2d(3, 3, { stride: 2, padding: 1 }),
    act: relu(),
    fc: sequential([flatten(), linear(2)]),
  }).build([C, H, W], { seed: 8 });

interface Answer {
  readonly score: number;
  readonly sample: number;
  readonly unit: readonly number[];
}

/** All of a channel's units over all pictures, in float64, the strongest first. */
function answers(
  model: Model,
  length: number,
  one: (i: number) => ArrayLike<number>,
  channel: number,
): Answer[] {
  const state = model.stateDict();
  const [weight, bias] = [state.get("conv.weight")!, state.get("conv.bias")!];
  const all: Answer[] = [];
  for (let sample = 0; sample < length; sample++) {
    const x = one(sample);
    for (let oy = 0; oy < 5; oy++) {
      for (let ox = 0; ox < 4; ox++) {
        let score = bias.data[channel]!;
        for (let c = 0; c < C; c++) {
          for (let i = 0; i < 3; i++) {
            for (let j = 0; j < 3; j++) {
              const [y, z] = [2 * oy + i - 1, 2 * ox + j - 1];
              if (y < 0 || y >= H || z < 0 || z >= W) continue;
              score += weight.at(channel, c, i, j) * x[(c * H + y) * W + z]!;
            }
          }
        }
        all.push({ score, sample, unit: [oy, ox] });
      }
    }
  }
  return all.sort((a, b) => b.score - a.score);
}

const short = ({ sample, unit }: Answer): string => `${sample} at ${unit}`;

test("finds what loops in float64 find, each sample's strongest or any", async () => {
  using model = await net();
  const { dataset, one } = pictures(23);
  const best = await topPatches(model, dataset, { layer: "conv", count: 5, batchSize: 4 });
  assert.equal([best.samples, best.units, best.dataset, best.layer], [23, [5, 4], "noise", "conv"]);
  assert.equal(
    best.channels.map(({ channel }) => channel),
    [0, 1, 2],
  );
  for (const { channel, patches } of best.channels) {
    const all = answers(model, 23, one, channel);
    const firsts = all.filter(({ sample }, i) => all.findIndex((other) => other.sample === sample) === i);
    assert.equal(patches.map(short), firsts.slice(0, 5).map(short));
    near(
      patches.map(({ score }) => score),
      firsts.slice(0, 5).map(({ score }) => score),
    );
  }
  for (const perSample of [2, 100]) {
    const several = await topPatches(model, dataset, {
      ...{ layer: "conv", channels: [2, 0], count: 12, perSample, batchSize: 23 },
    });
    assert.equal(
      several.channels.map(({ channel }) => channel),
      [2, 0],
    );
    for (const { channel, patches } of several.channels) {
      const all = answers(model, 23, one, channel).filter(
        ({ sample, score }, i, list) =>
          list.filter((other, j) => j < i && other.sample === sample && other.score >= score).length <
          perSample,
      );
      assert.equal(patches.map(short), all.slice(0, 12).map(short));
    }
  }
});

test("patches are what the units see, in the colours that the picture had", async () => {
  using model = await net();
  const { dataset, one } = pictures(23);
  const normalization = { mean: [0.5, 0.4], std: [0.25, 0.1] };
  const { channels } = await topPatches(model, dataset, { layer: "conv", count: 20, normalization });
  let beyond = 0;
  for (const { sample, unit, window, visible, image, label } of channels.flatMap(({ patches }) => patches)) {
    const [top, left] = [2 * unit[0] - 1, 2 * unit[1] - 1];
    assert.equal(window, { top, left, bottom: top + 3, right: left + 3 });
    assert.equal(visible, {
      ...{ top: Math.max(0, top), left: Math.max(0, left) },
      ...{ bottom: Math.min(H, top + 3), right: Math.min(W, left + 3) },
    });
    assert.is(label, sample % 2 === 0 ? "even" : "odd");
    assert.equal([image.width, image.height, image.channels], [3, 3, 4]);
    const x = one(sample);
    for (let y = 0; y < 3; y++) {
      for (let z = 0; z < 3; z++) {
        const pixel = [...image.data.subarray(4 * (3 * y + z), 4 * (3 * y + z + 1))];
        const [row, column] = [top + y, left + z];
        if (row < 0 || row >= H || column < 0 || column >= W) {
          assert.equal(pixel, [0, 0, 0, 0]);
          beyond++;
          continue;
        }
        const level = (c: number): number =>
          x[(c * H + row) * W + column]! * normalization.std[c]! + normalization.mean[c]!;
        // Two channels have no colours: their mean is grey.
        const grey = Math.min(Math.max((255 * (level(0) + level(1))) / 2, 0), 255);
        near(pixel, [grey, grey, grey, 255], { atol: 0.51, rtol: 0 });
      }
    }
  }
  assert.ok(beyond > 0);
});

test("without a normalisation a sample's least number is black, its largest white", async () => {
  using model = await sequential([globalMaxPool2d()]).build([C, H, W]);
  const { dataset, one } = pictures(3);
  const { channels } = await topPatches(model, dataset, { channels: 1, count: 1 });
  const { sample, image } = channels[0]!.patches[0]!;
  const x = Array.from(one(sample));
  const [least, most] = [Math.min(...x), Math.max(...x)];
  const expected = Array.from({ length: H * W }, (_, i) => {
    const mean = (x[i]! + x[H * W + i]!) / 2;
    return (255 * (mean - least)) / (most - least);
  });
  near(
    expected.map((_, i) => image.data[4 * i]!),
    expected,
    { atol: 0.51, rtol: 0 },
  );
});

test("of equals the one that comes first, whatever the batches", async () => {
  using model = await sequential([maxPool2d(2)]).build([C, H, W]);
  const { dataset } = pictures(11, (index) => new Float32Array(C * H * W).fill(index % 3 === 0 ? 0 : 1));
  for (const batchSize of [1, 3, 11]) {
    const { channels } = await topPatches(model, dataset, { batchSize, count: 5, perSample: 2 });
    for (const { patches } of channels)
      assert.equal(patches.map(short), ["1 at 0,0", "1 at 0,1", "2 at 0,0", "2 at 0,1", "4 at 0,0"]);
  }
});

test("a unit of a vector sees the whole picture; classes have their names", async () => {
  using model = await net();
  model.classes = ["low", "high"];
  const { dataset, one } = pictures(17);
  const { channels, units } = await topPatches(model, dataset, { count: 3 });
  assert.equal(units, [1, 1]);
  assert.equal(
    channels.map((channel) => channel.class),
    ["low", "high"],
  );
  const { data } = await model.predict(
    new Tensor(Float32Array.from(Array.from({ length: 17 }, (_, i) => [...Array.from(one(i))]).flat()), [
      17,
      C,
      H,
      W,
    ]),
  );
  for (const { channel, patches } of channels) {
    const order = Array.from({ length: 17 }, (_, i) => i).sort(
      (a, b) => data[2 * b + channel]! - data[2 * a + channel]!,
    );
    assert.equal(
      patches.map(({ sample }) => sample),
      order.slice(0, 3),
    );
    assert.equal(patches[0]!.window, { top: 0, left: 0, bottom: H, right: W });
    assert.equal([patches[0]!.image.width, patches[0]!.image.height], [W, H]);
  }
  using grown = await sequential([maxPool2d(2), upsample({ scale: 2 })]).build([C, H, W]);
  const { channels: steps } = await topPatches(grown, dataset, { channels: 0, count: 2 });
  for (const { unit, window } of steps[0]!.patches) {
    const [top, left] = unit.map((place) => 2 * Math.floor(place / 2)) as [number, number];
    assert.equal(window, { top, left, bottom: top + 2, right: left + 2 });
  }
});

test("memory does not grow with the data set", async () => {
  using model = await net();
  const usedBy = async (length: number): Promise<{ most: number; asked: number[]; total: number[] }> => {
    const { dataset, asked } = pictures(length);
    let most = 0;
    const total: number[] = [];
    await topPatches(model, dataset, {
      ...{ layer: "act", batchSize: 16, count: 4 },
      onProgress({ done, total: all }) {
        most = Math.max(most, model.runtime.heap.usedBytes);
        total.push(done / all);
      },
    });
    return { most, asked, total };
  };
  const used = model.runtime.heap.usedBytes;
  const few = await usedBy(32);
  const many = await usedBy(3200);
  assert.is(many.most, few.most);
  assert.is(model.runtime.heap.usedBytes, used);
  assert.equal(few.total, [0.5, 1]);
  assert.is(many.total.length, 200);
  assert.ok(Math.max(...many.asked) === 16);
  // Once for the scores, and what was found, at most 12 samples, once more.
  assert.ok(many.asked.reduce((a, b) => a + b, 0) <= 3200 + 12);
});

test("limit takes the first samples; an abort ends it and gives memory back", async () => {
  using model = await net();
  const { dataset } = pictures(500);
  const options = { layer: "conv", count: 3, batchSize: 8 };
  const { channels, samples } = await topPatches(model, dataset, { ...options, limit: 20 });
  assert.is(samples, 20);
  assert.ok(channels.every(({ patches }) => patches.every(({ sample }) => sample < 20)));
  const used = model.runtime.heap.usedBytes;
  const controller = new AbortController();
  let last = 0;
  const onProgress = ({ done }: { done: number }): void => {
    last = done;
    if (done >= 40) controller.abort(new Error("enough of that"));
  };
  await rejectsMessage(
    topPatches(model, dataset, { ...options, signal: controller.signal, onProgress }),
    /enough of that/,
  );
  assert.is(last, 40);
  assert.is(model.runtime.heap.usedBytes, used);
});

test("errors say what is wrong", async () => {
  using model = await net();
  const { dataset } = pictures(5);
  const of = (options: object) => topPatches(model, dataset, options);
  await rejectsMessage(of({ layer: "cone" }), /topPatches: the model has no layer "cone".*conv, act/);
  await rejectsMessage(of({ layer: "conv", channels: [0, 3] }), /channel of layer "conv" is 3.*from 0 to 2/);
  await rejectsMessage(of({ channels: [] }), /channels is \[\].*a channel's number, or a list/);
  await rejectsMessage(of({ count: 0 }), /count is 0/);
  await rejectsMessage(of({ limit: 1.5 }), /limit is 1.5/);
  await rejectsMessage(of({ chanels: 1 }), /unknown option "chanels"/);
  await rejectsMessage(of({ normalization: { mean: [1, 2, 3] } }), /mean has 3 numbers for 2 channels/);
  await rejectsMessage(topPatches(model, [] as never), /topPatches: the data is \[\]/);
  await rejectsMessage(
    topPatches(model, { ...dataset, shape: [3, H, W] }),
    /noise has inputs of shape \[3, 9, 8\], but the model takes \[2, 9, 8\]/,
  );
});

test("the figure: of one channel its patches with score, class and place; of several a panel each", async () => {
  using model = await net();
  const { dataset } = pictures(23);
  const one = await topPatches(model, dataset, { layer: "conv", channels: 1, count: 4 });
  const single = topPatchesFigure(one);
  assert.is(single.title, 'What excites channel 1 of layer "conv"');
  assert.equal([single.panels.length, single.columns], [4, 2]);
  const [patch] = one.channels[0]!.patches;
  const panel = single.panels[0]!;
  assert.is(panel.title, `1. ${Number(patch!.score.toPrecision(3))}`);
  assert.is(panel.caption, `${patch!.label}, sample ${patch!.sample}, unit [${patch!.unit.join(", ")}]`);
  const all = await topPatches(model, dataset, { layer: "conv", count: 5 });
  const figure = topPatchesFigure(all);
  assert.equal(
    figure.panels.map(({ title }) => title),
    ["Channel 0", "Channel 1", "Channel 2"],
  );
  const first = figure.panels[0]!;
  assert.ok(first.kind === "picture");
  // Three columns and two rows of 3 x 3 pixels, one between them.
  const { image } = first;
  assert.equal([image.width, image.height], [11, 7]);
  const fifth = all.channels[0]!.patches[4]!.image;
  for (let y = 0; y < 3; y++) {
    const start = 4 * ((4 + y) * 11 + 4);
    assert.equal([...image.data.subarray(start, start + 12)], [...fifth.data.subarray(12 * y, 12 * (y + 1))]);
  }
});

test.run();
