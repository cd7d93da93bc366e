import { textWidth } from "../../../src/inspect/figure/font.js";
import { layout } from "../../../src/inspect/figure/layout.js";
import type { Mark, TextMark } from "../../../src/inspect/figure/scene.js";
import type { Figure } from "../../../src/inspect/index.js";
import { featureMapGrid } from "../../../src/inspect/index.js";
import { assert, suite, throwsMessage } from "../../harness/suite.js";
import { samples, waves } from "./samples.js";

const test = suite("figures: layout");

type Edges = readonly [left: number, top: number, right: number, bottom: number];

/** What a mark covers; of text the letters, without what hangs below the line. */
function edges(mark: Mark): Edges {
  if (mark.kind === "text") {
    const width = textWidth(mark.text, mark);
    const left = mark.x - { start: 0, middle: width / 2, end: width }[mark.anchor];
    return [left, mark.y - 8 * (mark.size ?? 1), left + width, mark.y];
  }
  if (mark.kind === "line") {
    const [xs, ys] = [0, 1].map((rest) => mark.points.filter((_, i) => i % 2 === rest));
    return [Math.min(...xs!), Math.min(...ys!), Math.max(...xs!), Math.max(...ys!)];
  }
  if (mark.kind === "disc")
    return [mark.x - mark.radius, mark.y - mark.radius, mark.x + mark.radius, mark.y + mark.radius];
  return [mark.x, mark.y, mark.x + mark.width, mark.y + mark.height];
}

const overlap = (a: Edges, b: Edges): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
const isText = (mark: Mark): mark is TextMark => mark.kind === "text";

for (const [name, figure] of Object.entries(samples)) {
  test(`${name}: nothing reaches over the edge`, () => {
    const { width, height, marks } = layout(figure);
    for (const mark of marks) {
      const [left, top, right, bottom] = edges(mark);
      const what = isText(mark) ? mark.text : mark.kind;
      assert.ok(
        left >= 0 && top >= 0 && right <= width && bottom <= height,
        `${what}: ${[left, top, right, bottom]}`,
      );
    }
  });

  test(`${name}: no text covers another text, no picture another picture`, () => {
    const { marks } = layout(figure);
    const texts = marks.filter(isText);
    const pictures = marks.filter(({ kind }) => kind === "picture");
    for (const group of [texts, pictures]) {
      for (const [i, one] of group.entries()) {
        for (const other of group.slice(i + 1))
          assert.not(
            overlap(edges(one), edges(other)),
            `${JSON.stringify(one)} over ${JSON.stringify(other)}`,
          );
      }
    }
  });
}

test("text lies on pictures only as names of boxes and numbers of pixels", () => {
  const { marks } = layout(samples.pictures!);
  const pictures = marks.filter(({ kind }) => kind === "picture");
  const upon = marks
    .filter(isText)
    .filter((text) => pictures.some((picture) => overlap(edges(text), edges(picture))))
    .map(({ text }) => text);
  assert.equal(upon, ["conv1", "conv2 <&>", "0.1", "0.5", "−0.3", "1", "2", "−2", "12.5", "−3.25", "0"]);
});

test("panels fill rows of a page, as many in each as were asked for", () => {
  const image = featureMapGrid(waves(1, 10, 10));
  const many = (count: number, columns?: number): Figure => ({
    title: "Many",
    panels: Array.from({ length: count }, (_, i) => ({
      kind: "picture" as const,
      title: `${i}`,
      image,
      zoom: 20,
    })),
    ...(columns && { columns }),
  });
  const rows = (figure: Figure): number[] => {
    const tops = layout(figure)
      .marks.filter(({ kind }) => kind === "picture")
      .map((mark) => edges(mark)[1]);
    return [...new Set(tops)].map((top) => tops.filter((other) => other === top).length);
  };
  assert.equal(rows(many(1)), [1]);
  // 880 pixels have room for three of 200 with 32 between them, and for the fourth not.
  assert.equal(rows(many(3)), [3]);
  assert.equal(rows(many(6)), [3, 3]);
  assert.equal(rows(many(4)), [2, 2]);
  assert.equal(rows(many(6, 2)), [2, 2, 2]);
  // More than a page is wide, if that is wanted.
  assert.equal(rows(many(6, 6)), [6]);
  assert.ok(layout(many(6, 6)).width > 1200);
});

test("pictures of a row begin at the same height, whatever their titles take", () => {
  const { marks } = layout(samples.pictures!);
  const [first, second] = marks.filter(({ kind }) => kind === "picture").map((mark) => edges(mark)[1]);
  assert.is(first, second);
});

test("bare: without title, text and border", () => {
  const figure = samples.maps!;
  const [full, bare] = [layout(figure), layout(figure, true)];
  assert.ok(bare.height < full.height && bare.width < full.width);
  assert.not(bare.marks.filter(isText).some(({ text }) => text === figure.title));
  assert.is(Math.min(...bare.marks.map((mark) => edges(mark)[0])), 0);
  assert.is(bare.title, figure.title);
});

test("what a figure cannot be is told", () => {
  const image = featureMapGrid(waves(1, 2, 2));
  const wrong = (panel: object): Figure => ({ title: "x", panels: [panel as Figure["panels"][number]] });
  throwsMessage(() => layout({ title: "x", panels: [] }), /has no panels/);
  throwsMessage(() => layout({ title: "x" } as Figure), /panels is undefined; it must be a list of panels/);
  throwsMessage(
    () => layout(wrong({ kind: "pie", title: "x" })),
    /kind is "pie"; it must be one of picture, tiles, plot, table/,
  );
  throwsMessage(
    () => layout(wrong({ kind: "picture", title: "x", image, numbers: [1] })),
    /"x" has 1 numbers for 2 x 2 pixels/,
  );
  throwsMessage(
    () => layout(wrong({ kind: "picture", title: "x", image, zoom: 0 })),
    /zoom 0; it must be a number above 0/,
  );
  throwsMessage(() => layout(wrong({ kind: "tiles", title: "x", tiles: [] })), /has no tiles/);
  throwsMessage(
    () => layout(wrong({ kind: "table", title: "x", columns: ["a", "b"], rows: [["c"]] })),
    /a row of 1 cells under 2 titles/,
  );
  const series = [{ label: "s", style: "line", x: [1, 2], y: [1] }];
  throwsMessage(
    () => layout(wrong({ kind: "plot", title: "x", x: { label: "" }, y: { label: "" }, series })),
    /series "s" of panel "x" has 2 x and 1 y/,
  );
  const nameless = [{ style: "line", x: [1], y: [1] }];
  throwsMessage(
    () => layout(wrong({ kind: "plot", title: "x", x: { label: "" }, y: { label: "" }, series: nameless })),
    /label of a series of panel "x" is undefined; it must be a text/,
  );
  throwsMessage(() => layout({ ...samples.maps!, colums: 2 } as Figure), /unknown option "colums"/);
});

test("plots of nothing, of one point and of what is no number", () => {
  for (const y of [[], [3], [Number.NaN], [Number.POSITIVE_INFINITY]]) {
    for (const style of ["line", "points", "bars"] as const) {
      for (const log of [false, true]) {
        const { marks } = layout({
          title: "x",
          panels: [
            {
              kind: "plot",
              title: "x",
              x: { label: "x" },
              y: { label: "y", log },
              series: [{ label: "s", style, x: y.map((_, i) => i), y }],
            },
          ],
        });
        assert.ok(marks.flatMap(edges).every(Number.isFinite), `${style} of ${y}`);
      }
    }
  }
});

test.run();
