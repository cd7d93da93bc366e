import type { Image } from "../../src/image/index.js";
import {
  type Figure,
  featureMapFigure,
  figureSvg,
  filterFigure,
  type PlotPanel,
  type TilesPanel,
} from "../../src/inspect/index.js";
import { Tensor, tensor } from "../../src/tensor.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const test = suite("figures of filters and feature maps");

const tilesOf = ({ panels }: Figure): TilesPanel => {
  assert.is(panels[0]!.kind, "tiles");
  return panels[0] as TilesPanel;
};
const colors = ({ channels, data }: Image): string[] =>
  Array.from({ length: data.length / channels }, (_, i) =>
    hexOf(data.subarray(i * channels, i * channels + 3)),
  );
const hexOf = (samples: Uint8Array): string =>
  [...samples].map((sample) => sample.toString(16).padStart(2, "0")).join("");

test("filters of one channel share a scale, blue below zero and red above", () => {
  const figure = filterFigure(tensor([-1, 0, 0.5, 1, 0, 0, 0, -0.5], [2, 1, 2, 2]), { name: "conv1" });
  assert.is(figure.title, "Filters of conv1");
  const { tiles, scale, title, caption } = tilesOf(figure);
  assert.equal(
    tiles.map(({ label }) => label),
    ["0", "1"],
  );
  assert.equal(colors(tiles[0]!.image), ["053061", "f7f7f7", "e58368", "67001f"]);
  assert.equal(colors(tiles[1]!.image)[3], "6bacd1");
  assert.equal([scale!.map, scale!.from, scale!.to], ["signed", -1, 1]);
  assert.is(title, "2 filters of 2 × 2");
  assert.not(caption);
  assert.match(figure.text!, /Red is where .* blue where/);
});

test("each on its own scale: the ends have words", () => {
  const { tiles, scale } = tilesOf(filterFigure(tensor([2, -2, 0.1, -0.1], [2, 1, 1, 2]), { range: "each" }));
  assert.equal(colors(tiles[0]!.image), colors(tiles[1]!.image));
  assert.equal(scale!.ends, ["below zero", "above"]);
});

test("filters of three channels are in colour", () => {
  const { tiles } = tilesOf(filterFigure(tensor([0, 10, 5, 5, 10, 0], [1, 3, 1, 2])));
  assert.equal(colors(tiles[0]!.image), ["0080ff", "ff8000"]);
});

test("deeper filters: a kernel for each input channel, and what is left out is said", () => {
  const few = tilesOf(filterFigure(new Tensor(new Float32Array(5 * 6 * 9), [5, 6, 3, 3]), { limit: 2 }));
  assert.is(few.tiles.length, 2);
  // Six kernels below each other, a pixel apart.
  assert.equal([few.tiles[0]!.image.width, few.tiles[0]!.image.height], [3, 6 * 4 - 1]);
  assert.is(few.title, "5 filters of 3 × 3 over 6 channels");
  assert.match(few.caption!, /^The first 2 of 5 filters\. .* from the top\.$/);
  const many = tilesOf(filterFigure(new Tensor(new Float32Array(100 * 9), [1, 100, 3, 3])));
  // 64 of them in a square.
  assert.equal([many.tiles[0]!.image.width, many.tiles[0]!.image.height], [31, 31]);
  assert.match(many.caption!, /row by row\. The first 64 of 100 input channels\.$/);
});

test("feature maps: each on its own scale, or all on one", () => {
  const maps = tensor([0, 1, 0, 10], [2, 1, 2]);
  const each = tilesOf(featureMapFigure(maps, { colors: "gray" }));
  assert.equal(
    each.tiles.map(({ image }) => colors(image)),
    [
      ["000000", "ffffff"],
      ["000000", "ffffff"],
    ],
  );
  assert.equal(each.scale!.ends, ["lowest", "highest"]);
  const all = tilesOf(featureMapFigure(maps, { colors: "gray", range: "all" }));
  assert.equal(
    all.tiles.map(({ image }) => colors(image)),
    [
      ["000000", "1a1a1a"],
      ["000000", "ffffff"],
    ],
  );
  assert.equal([all.scale!.from, all.scale!.to, all.scale!.ends], [0, 10, undefined]);
  const limited = tilesOf(featureMapFigure(new Tensor(new Float32Array(300), [1, 75, 2, 2])));
  assert.is(limited.tiles.length, 64);
  assert.is(limited.caption, "The first 64 of 75 maps.");
});

test("of a network whose numbers are none there are still figures", async () => {
  const maps = tensor([1, Number.NaN, Number.POSITIVE_INFINITY, 4], [2, 1, 2]);
  const all = featureMapFigure(maps, { range: "all" });
  assert.equal([tilesOf(all).scale!.from, tilesOf(all).scale!.to], [1, 4]);
  for (const figure of [all, featureMapFigure(maps), filterFigure(maps.reshape(2, 1, 1, 2))])
    assert.ok(!/NaN|Infinity/.test(await figureSvg(figure)));
});

test("vectors are bars, long ones a line", () => {
  const plotOf = (maps: Tensor): PlotPanel => featureMapFigure(maps).panels[0] as PlotPanel;
  const { series, x } = plotOf(tensor([3, -1, 2], [1, 3]));
  assert.equal([x.label, series[0]!.style], ["channel", "bars"]);
  assert.equal(Array.from(series[0]!.y), [3, -1, 2]);
  assert.is(plotOf(new Tensor(new Float32Array(1000), [1, 1000, 1, 1])).series[0]!.style, "line");
});

test("wrong shapes and options are told", () => {
  throwsMessage(
    () => filterFigure(tensor([1], [1])),
    /filterFigure: the weights have shape \[1\]; they must be \[out, in, kh, kw\]/,
  );
  throwsMessage(
    () => featureMapFigure(tensor([1, 1], [2, 1, 1, 1])),
    /featureMapFigure: the maps have shape/,
  );
  throwsMessage(() => featureMapFigure(tensor([1], [1, 1, 1]), { limit: 0 }), /limit is 0/);
  throwsMessage(
    () => featureMapFigure(tensor([1], [1, 1, 1]), { range: "some" as "all" }),
    /unknown range "some"/,
  );
  throwsMessage(
    () => filterFigure(tensor([1], [1, 1, 1, 1]), { colours: "gray" } as object),
    /unknown option "colours"/,
  );
});

test.run();
