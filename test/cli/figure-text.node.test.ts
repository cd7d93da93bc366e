import { figureText } from "../../src/cli/inspect/figure-text.js";
import { featureMapGrid, type TerminalColors } from "../../src/inspect/index.js";
import { assert, suite } from "../harness/suite.js";
import { samples, waves } from "../inspect/figure/samples.js";

const test = suite("figures in the terminal");

const plain = (text: string): string => text;
const style = (width: number, colors: TerminalColors = "none") => ({
  width,
  colors,
  bold: plain,
  faint: plain,
});
const escapes = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g");

test("lines are no longer than the terminal is wide, with colours and without", () => {
  for (const [name, figure] of Object.entries(samples)) {
    for (const width of [60, 80, 132]) {
      for (const colors of ["none", "256", "true"] as const) {
        const lines = figureText(figure, style(width, colors)).split("\n");
        const longest = Math.max(...lines.map((line) => line.replace(escapes, "").length));
        assert.ok(longest <= width, `${name}, ${colors}: ${longest} of ${width} characters`);
      }
    }
  }
});

test("says what the pictures say: titles, captions, scales, what is left out", () => {
  const text = figureText(samples.filters!, style(100));
  assert.match(text, /^Filters of layer 3\nRed is where/);
  assert.match(text, /12 filters of 3 × 3 over 6 channels\n/);
  assert.match(text, /\n0 +1 +2 +/);
  assert.match(text, /The first 10 of 12 filters\./);
  assert.match(text, /dark: −[\d.]+, light: [\d.]+, weight$/);
  assert.match(figureText(samples.filters!, style(100, "true")), /blue: −[\d.]+, red: [\d.]+, weight$/);
  assert.match(figureText(samples.maps!, style(52)), /There is room for 6 of 8 here; --out draws them all\./);
});

test("pictures stand beside each other as long as there is room", () => {
  const image = featureMapGrid(waves(1, 30, 30));
  const figure = {
    title: "Three",
    panels: ["one", "two", "three"].map((title) => ({ kind: "picture" as const, title, image })),
  };
  assert.match(figureText(figure, style(100)), /\none +two +three\n/);
  assert.match(figureText(figure, style(70)), /\none +two\n[\s\S]*\nthree\n/);
  assert.match(figureText(figure, style(40)), /\none\n[\s\S]*\ntwo\n[\s\S]*\nthree\n/);
});

test("boxes are drawn, cut off at the border", () => {
  const image = { width: 4, height: 4, channels: 1 as const, data: new Uint8Array(16) };
  const framed = (box: { x: number; y: number; width: number; height: number }): string =>
    figureText({ title: "t", panels: [{ kind: "picture", title: "", image, boxes: [box] }] }, style(4));
  // A frame of light pixels around two by two dark ones, two rows a line.
  assert.is(framed({ x: 0, y: 0, width: 4, height: 4 }), "t\n\n█▀▀█\n█▄▄█");
  assert.is(framed({ x: 2, y: -5, width: 9, height: 7 }), "t\n\n  █▄\n");
});

test("bars are as long as their numbers, outlines as high", () => {
  const bars = figureText(
    {
      title: "t",
      panels: [
        {
          kind: "plot",
          title: "",
          x: { label: "percent" },
          y: { label: "", names: ["cat", "dog"] },
          series: [{ label: "p", style: "bars", x: [80, 20], y: [0, 1] }],
        },
      ],
    },
    style(100),
  );
  assert.match(bars, /cat {2}80 {2}█{24}\n {2}dog {2}20 {2}█{6}░{18}\n {2}percent$/);
  const outline = figureText(
    {
      title: "t",
      panels: [
        {
          kind: "plot",
          title: "",
          x: { label: "step" },
          y: { label: "loss" },
          series: [{ label: "s", style: "line", x: [0, 1, 2], y: [0, 7, 3] }],
        },
      ],
    },
    style(100),
  );
  assert.match(outline, / {2}s {2}▁█▄\n {2}loss from 0 to 7, by step from 0 to 2$/);
});

test.run();
