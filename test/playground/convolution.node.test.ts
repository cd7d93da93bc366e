import type { Page } from "playwright-core";
import { assert, near, suite } from "../harness/suite.js";
import { canvasOf, check, numberIn, type Plane, press, SOURCES } from "./pixels.js";
import { entered, leave, visit } from "./visit.js";

const test = suite("the room of convolution");
test.after(leave);

interface Case {
  readonly kernel: readonly number[];
  readonly size: number;
  readonly divisor: number;
  readonly mode: string;
  readonly amount: number;
  readonly stride: number;
  readonly dilation: number;
  readonly turned: boolean;
}

/** The definition, pixel by pixel. */
function convolve({ width, height, values }: Plane, c: Case): Plane {
  const p = c.mode === "none" ? 0 : c.amount;
  const span = (c.size - 1) * c.dilation + 1;
  const oh = Math.floor((height - span + 2 * p + c.stride) / c.stride);
  const ow = Math.floor((width - span + 2 * p + c.stride) / c.stride);
  const from = SOURCES[c.mode] ?? ((i: number) => i);
  const out: number[] = [];
  for (let y = 0; y < oh; y++) {
    for (let x = 0; x < ow; x++) {
      let sum = 0;
      for (let i = 0; i < c.size; i++) {
        for (let j = 0; j < c.size; j++) {
          const row = from(y * c.stride + i * c.dilation - p, height);
          const column = from(x * c.stride + j * c.dilation - p, width);
          const value = row < 0 || column < 0 ? 0 : values[row * width + column]!;
          const tap = c.turned
            ? c.kernel[(c.size - 1 - i) * c.size + c.size - 1 - j]!
            : c.kernel[i * c.size + j]!;
          sum += value * tap;
        }
      }
      out.push(sum / c.divisor);
    }
  }
  return { width: ow, height: oh, values: out };
}

const cell = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });
const select = (page: Page, name: string, value: string) =>
  page.getByRole("combobox", { name, exact: true }).selectOption(value);
const slide = (page: Page, name: string, value: number) => page.getByLabel(name).fill(`${value}`);

/** The picture without padding, and everything set as the case says. */
async function arrange(page: Page, c: Case): Promise<Plane> {
  await select(page, "Padding", "none");
  const input = await canvasOf(page, "Input with its padding");
  await check(page, "Kernel size", `${c.size} × ${c.size}`);
  for (const [i, value] of c.kernel.entries()) {
    const name = `Kernel, row ${Math.floor(i / c.size) + 1}, column ${(i % c.size) + 1}`;
    await cell(page, name).fill(`${value}`);
  }
  await cell(page, "Kernel, divided by").fill(`${c.divisor}`);
  await select(page, "Padding", c.mode);
  if (c.mode !== "none") await slide(page, "Padding, pixels", c.amount);
  await slide(page, "Stride", c.stride);
  await slide(page, "Dilation", c.dilation);
  await check(page, "The kernel is", c.turned ? "turned: true convolution" : "as written: correlation");
  return input;
}

/** Waits until the input has so many pixels. */
async function shows(page: Page, width: number, height: number): Promise<void> {
  await page.locator(`canvas[aria-label^="Input"][width="${width}"][height="${height}"]`).waitFor();
}

const CASES: readonly Case[] = [
  {
    kernel: [2, -1, 3, 0, 5, -2, 1, 4, -3],
    size: 3,
    divisor: 9,
    mode: "reflect",
    amount: 3,
    stride: 2,
    dilation: 2,
    turned: true,
  },
  {
    kernel: [1, -2, 0.5, 0, 3, 1, 1, -1, 2],
    size: 3,
    divisor: 4,
    mode: "circular",
    amount: 2,
    stride: 1,
    dilation: 1,
    turned: false,
  },
  {
    kernel: Array.from({ length: 25 }, (_, i) => ((i * 7) % 11) - 3),
    size: 5,
    divisor: 50,
    mode: "symmetric",
    amount: 5,
    stride: 3,
    dilation: 1,
    turned: true,
  },
  { kernel: [-1.5], size: 1, divisor: -2, mode: "zeros", amount: 1, stride: 1, dilation: 4, turned: false },
  {
    kernel: [0, 1, 0, 1, -4, 1, 0, 1, 0],
    size: 3,
    divisor: -1,
    mode: "replicate",
    amount: 4,
    stride: 1,
    dilation: 3,
    turned: false,
  },
  {
    kernel: [1, 2, 1, 0, 0, 0, -1, -2, -1],
    size: 3,
    divisor: 1,
    mode: "none",
    amount: 0,
    stride: 1,
    dilation: 1,
    turned: true,
  },
];

for (const isolated of [true, false]) {
  test(`a kernel edited cell by cell gives the pixels of plain loops, ${isolated ? "with" : "without"} isolation`, () =>
    visit(
      "convolution",
      async ({ page, clean, accessible }) => {
        await check(page, "Colours of the output", "0 to 255");
        for (const c of isolated ? CASES : CASES.slice(0, 2)) {
          const input = await arrange(page, c);
          const expected = convolve(input, c);
          const shown = await canvasOf(page, "Output");
          assert.equal([shown.height, shown.width], [expected.height, expected.width], c.mode);
          const clipped = expected.values.map((value) => Math.min(Math.max(value, 0), 255));
          near(shown.values, clipped, { atol: 0.51, rtol: 1e-6 }, c.mode);

          // The numbers themselves, beyond what the colours can say; at the corners windows lie in the padding.
          const output = page.getByRole("application", { name: /^Output/ });
          for (const [y, x] of [
            [0, 0],
            [2, 1],
          ] as const) {
            await output.focus();
            await press(page, "Home", 1);
            await press(page, "PageUp", 20);
            await press(page, "ArrowRight", x);
            await press(page, "ArrowDown", y);
            await page.getByRole("heading", { name: `Row ${y}, column ${x} of the output` }).waitFor();
            const value = expected.values[y * expected.width + x]!;
            near([await numberIn(page, ".behind .sum")], [value * c.divisor], { atol: 0.006 }, "sum");
            if (c.divisor !== 1) near([await numberIn(page, ".behind .quotient")], [value], { atol: 0.006 });
            const products = await page.locator(".numbers").nth(2).locator("td").allInnerTexts();
            const total = products.reduce((sum, text) => sum + Number(text.replace("−", "-")), 0);
            near([total], [value * c.divisor], { atol: 0.006 * products.length }, "products");
          }
          const sizes = await page.locator(".output-size b").allInnerTexts();
          assert.equal(sizes, [`${expected.height}`, `${expected.width}`]);
        }
        await accessible();
        await clean();
      },
      { isolated },
    ));
}

test("the pointer shows a pixel while it is there, a click holds it; states survive the other views", () =>
  visit("convolution", async ({ page, clean, accessible }) => {
    const output = page.getByRole("application", { name: /^Output/ });
    const heading = page.locator(".behind h2");
    const first = await heading.innerText();
    await output.hover({ position: { x: 1, y: 1 } });
    assert.is(await heading.innerText(), "Row 0, column 0 of the output");
    await page.locator("h1").hover();
    assert.is(await heading.innerText(), first);
    await output.click({ position: { x: 1, y: 1 } });
    await page.locator("h1").hover();
    assert.is(await heading.innerText(), "Row 0, column 0 of the output");

    const center = cell(page, "Kernel, row 2, column 2");
    await center.fill("1/4");
    await center.press("ArrowUp");
    assert.is(await center.inputValue(), "1.25");
    await center.press("Shift+ArrowDown");
    assert.is(await center.inputValue(), "1.15");
    await center.fill("x");
    assert.is(await center.getAttribute("aria-invalid"), "true");
    await accessible();
    await center.blur();
    assert.is(await center.inputValue(), "1.15");

    await check(page, "Look at", "Two polynomials");
    await accessible();
    await check(page, "Look at", "Shifting the picture");
    await accessible();
    await check(page, "Look at", "A picture and a kernel");
    assert.is(await center.inputValue(), "1.15");
    await clean();
  }));

test("in colour each channel is convolved by itself", () =>
  visit("convolution", async ({ page, clean }) => {
    await check(page, "Picture in", "colour");
    await check(page, "Colours of the output", "0 to 255");
    await select(page, "Kernel", "identity");
    const [input, output] = [await canvasOf(page, "Input", 3), await canvasOf(page, "Output", 3)];
    await select(page, "Padding", "none");
    const plain = await canvasOf(page, "Input", 3);
    assert.ok(
      input.width === plain.width + 2 && plain.values.some((v, i) => v !== plain.values[i - (i % 3)]),
    );
    // Under 3 x 3 the identity with one pixel of padding gives the picture back.
    assert.equal(output.values, plain.values);
    await check(page, "Numbers of", "blue");
    const blue = plain.values.filter((_, i) => i % 3 === 2);
    await page.getByRole("application", { name: /^Output/ }).click({ position: { x: 60, y: 60 } });
    const [y, x] = (await page.locator(".behind h2").innerText()).match(/\d+/g)!.map(Number);
    assert.is(await numberIn(page, ".behind .sum"), blue[(y! + 1) * plain.width + x! + 1]);
    await clean();
  }));

test("what does not fit is said by the library's sentence, and goes when it fits again", () =>
  visit("convolution", async ({ page, clean, accessible }) => {
    await check(page, "Kernel size", "7 × 7");
    await check(page, "Longer side, in pixels", "32");
    await select(page, "Picture", "airplane");
    await select(page, "Padding", "none");
    await slide(page, "Dilation", 4);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /conv2d.*25/s);
    await accessible();
    await slide(page, "Dilation", 1);
    await page.getByRole("application", { name: /^Output/ }).waitFor();
    await clean();
  }));

test("a divisor that would be shown as 0 is none", () =>
  visit("convolution", async ({ page, clean }) => {
    const divisor = cell(page, "Kernel, divided by");
    for (const [text, invalid] of [
      ["0.0000001", "true"],
      ["-0", "true"],
      ["-0.001", "false"],
    ] as const) {
      await divisor.fill(text);
      assert.is(await divisor.getAttribute("aria-invalid"), invalid, text);
    }
    const [sum, quotient] = [await numberIn(page, ".behind .sum"), await numberIn(page, ".behind .quotient")];
    near([quotient], [-1000 * sum]);
    await clean();
  }));

test("polynomials: every coefficient is the sum of the products that are shown", () =>
  visit("convolution", async ({ page, clean, accessible }) => {
    await check(page, "Look at", "Two polynomials");
    await page.getByRole("button", { name: "a: one power more" }).click();
    const [a, b] = [
      [2, 0, -1.5, 4],
      [3, -2, 1],
    ];
    for (const [name, row] of [
      ["a", a],
      ["b", b],
    ] as const) {
      for (const [i, value] of row!.entries())
        await cell(page, `${name}, coefficient of power ${i}`).fill(`${value}`);
    }
    const expected = Array<number>(6).fill(0);
    for (const [i, x] of a!.entries()) for (const [j, y] of b!.entries()) expected[i + j]! += x * y;
    const buttons = page.locator(".coefficients button");
    assert.is(await buttons.count(), 6);
    for (const [n, value] of expected.entries()) {
      await buttons.nth(n).click();
      near([await numberIn(page, ".polynomials .sum")], [value]);
      near([Number((await buttons.nth(n).locator("b").innerText()).replace("−", "-"))], [value]);
      const products = await page.locator(".cell.row-product b").allInnerTexts();
      near([products.reduce((sum, text) => sum + Number(text.replace("−", "-")), 0)], [value]);
    }
    // 6 - 4x - 2.5x² + 15x³ - 9.5x⁴ + 4x⁵, by hand.
    const writing = (await page.locator(".written .polynomial").last().innerText()).replace(/\s+/g, "");
    assert.is(writing, "6−4x−2.5x2+15x3−9.5x4+4x5");
    await accessible();
    await clean();
  }));

test("shifting: equal inside for multiples of the stride alone, everywhere under circular padding", () =>
  visit("convolution", async ({ page, clean, accessible }) => {
    await check(page, "Longer side, in pixels", "96");
    await check(page, "Look at", "Shifting the picture");
    const errors = async () =>
      (await page.locator(".equivariance .stat dd").allInnerTexts()).slice(0, 2).map(Number);
    let [inside, border] = await errors();
    assert.ok(inside === 0 && border! > 0, `${inside} ${border}`);
    // By the pointer, then by the keyboard.
    const picture = page.getByRole("application", { name: /^Input shifted/ });
    const box = (await picture.boundingBox())!;
    await page.mouse.move(box.x + 50, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + 50 + (6.01 * box.width) / 96, box.y + 50, { steps: 4 });
    await page.mouse.up();
    assert.is(await page.getByLabel("To the right").inputValue(), "14");
    await picture.press("ArrowLeft");
    assert.is(await page.getByLabel("To the right").inputValue(), "13");
    await slide(page, "Stride", 2);
    [inside] = await errors();
    assert.ok(inside! > 0, "an odd shift under stride 2");
    assert.match(await page.locator(".verdict").innerText(), /multiples of 2/);
    await picture.press("ArrowRight");
    [inside, border] = await errors();
    assert.is(inside, 0);
    await slide(page, "Stride", 1);
    await select(page, "Padding", "circular");
    await picture.press("ArrowLeft");
    [inside, border] = await errors();
    assert.equal([inside, border], [0, 0]);
    // 96 x 77 pixels under stride 5: the output does not close on itself.
    await slide(page, "Stride", 5);
    await page.getByRole("slider", { name: "Down" }).fill("5");
    await slide(page, "To the right", 5);
    [inside, border] = await errors();
    assert.ok(inside === 0 && border! > 0, `${inside} ${border}`);
    assert.match(await page.locator(".verdict").innerText(), /closes on itself/);
    await accessible();
    await clean();
  }));

test("a drawing, a file, a file that is none, a camera that is there and one that is not", () =>
  visit("convolution", async ({ page, clean, accessible }) => {
    await select(page, "Padding", "none");
    await select(page, "Picture", "drawing");
    const sheet = page.getByRole("application", { name: /^Sheet/ });
    await sheet.click({ position: { x: 20, y: 20 } });
    await page.mouse.down();
    await page.mouse.move(400, 500);
    await page.mouse.up();
    await sheet.focus();
    await page.keyboard.press("Space");
    const drawn = await canvasOf(page, "Input with its padding");
    assert.equal([drawn.width, drawn.height], [48, 48]);
    const ink = drawn.values.filter((value) => value === 255).length;
    assert.ok(ink > 20 && ink < 1000, `${ink} pixels drawn`);
    await accessible();

    await select(page, "Picture", "file");
    const file = page.locator(".drop input");
    await file.setInputFiles({
      name: "notes.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("no picture"),
    });
    assert.match(await page.getByRole("alert").innerText(), /^notes\.txt is not a picture/);
    await accessible();
    await file.setInputFiles("build/playground/data/photographs/cat.jpg");
    await shows(page, 96, 48);
    assert.is(await page.getByRole("alert").count(), 0);

    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException("Permission denied", "NotAllowedError");
      };
    });
    await select(page, "Picture", "camera");
    assert.match(await page.getByRole("alert").innerText(), /^The camera was not allowed/);
    await select(page, "Picture", "disc");
    await page.evaluate(() => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
      const context = canvas.getContext("2d")!;
      const paint = () => {
        context.fillStyle = "#fff";
        context.fillRect(0, 0, 64, 48);
      };
      paint();
      setInterval(paint, 30);
      const stream = canvas.captureStream(30);
      (globalThis as unknown as { stream: MediaStream }).stream = stream;
      navigator.mediaDevices.getUserMedia = async () => stream;
    });
    await select(page, "Picture", "camera");
    await shows(page, 96, 72);
    const live = () =>
      page.evaluate(
        () => (globalThis as unknown as { stream: MediaStream }).stream.getTracks()[0]!.readyState,
      );
    assert.is(await live(), "live");
    // Whoever leaves the room turns the camera off.
    await page.getByRole("link", { name: "Pooling and padding" }).click();
    await entered(page, "pooling");
    assert.is(await live(), "ended");
    await page.getByRole("link", { name: "Convolution" }).click();
    await entered(page, "convolution");
    await clean();
  }));

test("a phone: a tap on the output shows its sum, nothing is wider than the screen", () =>
  visit(
    "convolution",
    async ({ page, clean, accessible }) => {
      await check(page, "Kernel size", "7 × 7");
      await page.getByRole("application", { name: /^Output/ }).click({ position: { x: 1, y: 1 } });
      assert.is(await page.locator(".behind h2").innerText(), "Row 0, column 0 of the output");
      for (const view of ["Two polynomials", "Shifting the picture", "A picture and a kernel"]) {
        await check(page, "Look at", view);
        const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(wide! <= seen!, `${view}: ${wide} pixels wide on a screen of ${seen}`);
        await accessible();
      }
      await clean();
    },
    { width: 390, height: 844, dark: true },
  ));

test.run();
