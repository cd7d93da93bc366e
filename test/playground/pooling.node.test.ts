import type { Page } from "playwright-core";
import { assert, near, suite } from "../harness/suite.js";
import { canvasOf, check, numberIn, type Plane, SOURCES } from "./pixels.js";
import { leave, visit } from "./visit.js";

const test = suite("the room of pooling and padding");
test.after(leave);

interface Case {
  readonly kind: "its largest" | "its mean";
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
  readonly ceil: boolean;
  readonly counts: boolean;
}

/** The definition, as in torch, pixel by pixel. */
function pool({ width, height, values }: Plane, c: Case): Plane {
  const count = (size: number) => {
    const steps = (size + 2 * c.padding - c.size) / c.stride;
    const out = (c.ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    return c.ceil && (out - 1) * c.stride >= size + c.padding ? out - 1 : out;
  };
  const [oh, ow] = [count(height), count(width)];
  const out: number[] = [];
  for (let y = 0; y < oh; y++) {
    for (let x = 0; x < ow; x++) {
      let [largest, sum, inside, padded] = [Number.NEGATIVE_INFINITY, 0, 0, 0];
      for (let i = 0; i < c.size; i++) {
        for (let j = 0; j < c.size; j++) {
          const [row, column] = [y * c.stride + i - c.padding, x * c.stride + j - c.padding];
          if (row < height + c.padding && column < width + c.padding) padded++;
          if (row < 0 || column < 0 || row >= height || column >= width) continue;
          inside++;
          sum += values[row * width + column]!;
          largest = Math.max(largest, values[row * width + column]!);
        }
      }
      out.push(c.kind === "its largest" ? largest : sum / (c.counts ? padded : inside));
    }
  }
  return { width: ow, height: oh, values: out };
}

const slide = (page: Page, name: string, value: number) =>
  page.getByRole("slider", { name }).fill(`${value}`);

const CASES: readonly Case[] = [
  { kind: "its largest", size: 3, stride: 2, padding: 1, ceil: false, counts: true },
  { kind: "its largest", size: 5, stride: 4, padding: 2, ceil: true, counts: true },
  { kind: "its mean", size: 4, stride: 3, padding: 2, ceil: true, counts: true },
  { kind: "its mean", size: 3, stride: 1, padding: 1, ceil: false, counts: false },
  { kind: "its mean", size: 1, stride: 5, padding: 0, ceil: true, counts: false },
];

for (const isolated of [true, false]) {
  test(`windows give what plain loops give, ${isolated ? "with" : "without"} isolation`, () =>
    visit(
      "pooling",
      async ({ page, clean, accessible }) => {
        const input = await canvasOf(page, "Input with its padding");
        for (const c of isolated ? CASES : CASES.slice(1, 3)) {
          await check(page, "Each window gives", c.kind);
          await slide(page, "Window", c.size);
          await slide(page, "Stride", c.stride);
          await slide(page, "Padding, pixels", c.padding);
          await page.getByLabel("Round the size up").setChecked(c.ceil);
          if (c.kind === "its mean") await page.getByLabel("Padding counts as zeros").setChecked(c.counts);
          const expected = pool(input, c);
          const shown = await canvasOf(page, "Output");
          assert.equal([shown.height, shown.width], [expected.height, expected.width]);
          near(shown.values, expected.values, { atol: 0.51, rtol: 0 }, JSON.stringify(c));
          assert.equal(await page.locator(".output-size b").allInnerTexts(), [
            `${expected.height}`,
            `${expected.width}`,
          ]);

          // What is written there is true as it stands: the formula, and what is left of it.
          for (const text of await page.locator(".output-size .mono").allInnerTexts()) {
            const [size, span, padding, stride, added] = text.match(/\d+/g)!.map(Number) as number[];
            const steps = (size! - span! + padding! + stride!) / added!;
            const rounded = c.ceil ? Math.ceil(steps) : Math.floor(steps);
            const left = Number(/(\d+)$/.exec(text)![1]);
            if (rounded === left) assert.ok(text.endsWith(`= ${left}`), text);
            else assert.ok(text.endsWith(`= ${rounded}, and without the last one ${rounded - 1}`), text);
          }

          // The last window of all, which reaches farthest.
          const output = page.getByRole("application", { name: /^Output/ });
          const box = (await output.boundingBox())!;
          await output.click({ position: { x: box.width - 2, y: box.height - 2 } });
          assert.is(
            await page.locator(".behind h2").innerText(),
            `Row ${expected.height - 1}, column ${expected.width - 1} of the output`,
          );
          const last = expected.values.at(-1)!;
          near([await numberIn(page, ".behind .sum")], [last], { atol: 0.006 });
          if (c.kind === "its largest") {
            const won = await page.locator(".numbers td.won").allInnerTexts();
            assert.ok(won.length > 0 && won.every((text) => Number(text) === last));
          }
        }
        await check(page, "Each window gives", "one mean of all");
        const mean = input.values.reduce((sum, value) => sum + value, 0) / input.values.length;
        near([await numberIn(page, ".behind .sum")], [mean], { atol: 0.006 });
        await accessible();
        await clean();
      },
      { isolated },
    ));
}

test("padding: every mode shows the pixels that its formula names, and says which", () =>
  visit("pooling", async ({ page, clean, accessible }) => {
    const plain = await canvasOf(page, "Input with its padding");
    await check(page, "Look at", "Padding modes");
    const sides = { top: 3, right: 11, bottom: 0, left: 7 };
    for (const [side, amount] of Object.entries(sides)) await slide(page, `Pixels at the ${side}`, amount);
    for (const [mode, from] of Object.entries(SOURCES)) {
      const shown = await canvasOf(page, `The picture with ${mode}`);
      assert.equal([shown.height, shown.width], [plain.height + 3, plain.width + 18]);
      const expected = shown.values.map((_, i) => {
        const y = from(Math.floor(i / shown.width) - sides.top, plain.height);
        const x = from((i % shown.width) - sides.left, plain.width);
        return y < 0 || x < 0 ? 0 : plain.values[y * plain.width + x]!;
      });
      assert.equal(shown.values, expected, mode);
    }
    await page.getByRole("application", { name: /reflect padding/ }).focus();
    for (let i = 0; i < 60; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("PageUp");
    await page.keyboard.press("PageUp");
    const x = plain.width + 10;
    for (const [mode, from] of Object.entries(SOURCES).slice(1)) {
      const caption = await page.locator(`.mode-${mode} figcaption b`).innerText();
      const [row, column] = [from(-3, plain.height), from(x, plain.width)];
      assert.is(caption, `Row −3, column ${x} shows row ${row}, column ${column}.`);
    }
    await accessible();
    await clean();
  }));

test("more padding than a picture can give is refused in the library's words, in that mode alone", () =>
  visit(
    "pooling",
    async ({ page, clean, accessible }) => {
      await check(page, "Look at", "Padding modes");
      await page.getByRole("combobox", { name: "Picture", exact: true }).selectOption("cat");
      await page.waitForFunction(
        () => document.querySelector<HTMLCanvasElement>('canvas[aria-label*="zeros"]')!.height === 30,
      );
      await slide(page, "Pixels at the top", 20);
      // 32 x 16 pixels: none of the mirrored and circular modes has 20.
      assert.is(await page.getByRole("alert").count(), 3);
      assert.match(await page.getByRole("alert").first().innerText(), /reflect padding of 20 at the top/);
      await accessible();
      await check(page, "Look at", "Pooling windows");
      await accessible();
      const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide! <= seen!);
      await clean();
    },
    { width: 390, height: 844, dark: true },
  ));

test.run();
