// What browsers make of figures.

import { toImage } from "../../../src/image/index.js";
import { layout } from "../../../src/inspect/figure/layout.js";
import type { Mark } from "../../../src/inspect/figure/scene.js";
import { figureImage, figureSvg } from "../../../src/inspect/index.js";
import { assert, suite } from "../../harness/suite.js";
import { samples } from "./samples.js";

const test = suite("figures in a page");

/** An SVG document as an <img> shows it. */
async function shown(svg: string): Promise<HTMLImageElement> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  const element = new Image();
  element.src = address;
  await element.decode();
  URL.revokeObjectURL(address);
  return element;
}

for (const [name, figure] of Object.entries(samples)) {
  test(`${name}: XML without errors`, async () => {
    for (const theme of ["auto", "light", "dark"] as const) {
      const root = new DOMParser().parseFromString(
        await figureSvg(figure, { theme }),
        "image/svg+xml",
      ).documentElement;
      assert.is(root.querySelector("parsererror"), null);
      assert.is(root.tagName, "svg");
      assert.is(root.querySelector("title")!.textContent, figure.title);
      assert.is(
        root.querySelectorAll("text").length,
        layout(figure).marks.filter(({ kind }) => kind === "text").length,
      );
    }
  });

  test(`${name}: as an <img>, pictures and areas where figureImage has them`, async () => {
    for (const theme of ["light", "dark"] as const) {
      const image = figureImage(figure, { theme, scale: 1 });
      const page = toImage(await shown(await figureSvg(figure, { theme })));
      assert.equal([page.width, page.height], [image.width, image.height]);
      const { marks } = layout(figure);
      const covered = (x: number, y: number, upTo: Mark): boolean =>
        marks.slice(marks.indexOf(upTo) + 1).some((mark) => {
          if (mark.kind === "text") return Math.abs(y - mark.y + 4) < 12 && Math.abs(x - mark.x) < 300;
          if (mark.kind === "line" || mark.kind === "disc") return true;
          return (
            x > mark.x - 2 && x < mark.x + mark.width + 2 && y > mark.y - 2 && y < mark.y + mark.height + 2
          );
        });
      let compared = 0;
      for (const mark of marks) {
        if (mark.kind !== "picture" && mark.kind !== "rectangle") continue;
        if (mark.width < 3 || mark.height < 3) continue;
        // The middles of its first and last pixels, or of the area.
        const [px, py] =
          mark.kind === "picture"
            ? [mark.width / mark.image.width / 2, mark.height / mark.image.height / 2]
            : [mark.width / 2, mark.height / 2];
        for (const [x, y] of [
          [mark.x + px, mark.y + py],
          [mark.x + mark.width - px, mark.y + mark.height - py],
        ].map((at) => at.map(Math.floor)) as [number, number][]) {
          if (covered(x, y, mark)) continue;
          const [a, b] = [(y * image.width + x) * 3, (y * image.width + x) * 4];
          for (let c = 0; c < 3; c++)
            assert.ok(
              Math.abs(image.data[a + c]! - page.data[b + c]!) <= 6,
              `${mark.kind} at ${x}, ${y}: ${image.data.slice(a, a + 3)}, and in the page ${page.data.slice(b, b + 3)}`,
            );
          compared++;
        }
      }
      assert.ok(compared >= 4, `${compared} places`);
    }
  });
}

test("in a page, text takes the room the layout gave it", async () => {
  for (const figure of Object.values(samples)) {
    const host = document.createElement("div");
    host.innerHTML = await figureSvg(figure);
    document.body.append(host);
    try {
      const svg = host.querySelector("svg")!;
      const { width, height } = layout(figure);
      for (const text of svg.querySelectorAll("text")) {
        const box = text.getBBox();
        assert.ok(
          box.x >= 0 && box.x + box.width <= width,
          `${text.textContent}: ${box.x} to ${box.x + box.width}`,
        );
        assert.ok(box.y >= 0 && box.y + box.height <= height, text.textContent!);
        assert.ok(Math.abs(text.getComputedTextLength() - Number(text.getAttribute("textLength"))) < 1.5);
      }
    } finally {
      host.remove();
    }
  }
});

test.run();
