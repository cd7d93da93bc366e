import { fromArrays } from "../../src/data/index.js";
import { Random } from "../../src/index.js";
import { trainingReport } from "../../src/inspect/index.js";
import { style } from "../../src/inspect/report/style.js";
import { evaluate } from "../../src/train/index.js";
import { lenet5 } from "../../src/zoo/index.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("training report");

/** Noise under three classes, one of them with a name that is no HTML. */
function noise(samples: number) {
  const random = new Random(1);
  const data = Uint8Array.from({ length: samples * 32 * 32 }, () => random.int(256));
  const targets = Array.from({ length: samples }, (_, i) => i % 3);
  return fromArrays({
    inputs: { data, shape: [samples, 1, 32, 32] },
    targets,
    classes: ["cat", "<b>&dog", "owl"],
  });
}

async function report(steps = 60): Promise<string> {
  const dataset = noise(60);
  using model = await lenet5({ classes: dataset.classes });
  const evaluation = await evaluate(model, dataset, { mistakes: true });
  return await trainingReport({
    name: "LeNet-5 on <noise>",
    model,
    dataset,
    evaluation,
    steps: Array.from({ length: steps }, (_, i) => ({
      epoch: 1 + Math.floor(i / 30),
      loss: i === 7 ? 0 : 1 / (i + 1),
      accuracy: i / steps,
    })),
    facts: { Threads: "2" },
    lead: "A sentence.",
    footer: "The end.",
  });
}

test("stands by itself: no scripts, nothing from elsewhere", async () => {
  const page = await report();
  assert.match(page, /^<!doctype html>\n<html lang="en">/);
  assert.not.match(
    page,
    /<script|<link(?! rel="icon" href="data:,")|https?:(?!\/\/www\.w3\.org\/2000\/svg)|@import|url\(/,
  );
  const sources = [...page.matchAll(/ (?:src|href)="([^"]*)"/g)].map(([, source]) => source!);
  assert.ok(sources.length > 40 && sources.every((source) => source.startsWith("data:")));
});

test("every number is one, and names are no HTML", async () => {
  const page = await report();
  assert.not.match(page.replace(/base64,[^"]*/g, ""), /NaN|Infinity|undefined|\[object/);
  assert.not.match(page, /<b>&dog|<noise>/);
  assert.match(page, /&lt;b&gt;&amp;dog/);
  assert.match(page, /<h1>LeNet-5 on &lt;noise&gt;<\/h1>/);
});

test("tells what was asked for", async () => {
  const page = await report();
  // LeNet-5 with three classes instead of ten.
  assert.match(page, /61,111/);
  assert.match(page, /<dt>Threads<\/dt><dd>2<\/dd>/);
  const sections = [...page.matchAll(/<h2>([^<]*)</g)].map(([, title]) => title);
  assert.equal(sections, [
    "The network",
    "How it learned",
    "What it confuses",
    "Its mistakes",
    "What its filters look for",
    "One sample, layer by layer",
  ]);
  const pictures = [...page.matchAll(/<img [^>]*alt="([^"]*)"/g)].map(([, alt]) => alt!);
  assert.ok(pictures.every((alt) => alt.length > 5));
  assert.is(pictures.filter((alt) => alt.startsWith("Learned weights")).length, 2);
  // The input, and each layer but the one that only changes the shape.
  assert.is(pictures.filter((alt) => /^(The input|Outputs of layer)/.test(alt)).length, 12);
  assert.match(page, /role="img" aria-label="Training loss over 60 steps/);
});

test("tags are closed in the order they were opened", async () => {
  const page = await report();
  const alone = /^(!doctype|meta|link|img|br|line|polygon|polyline)$/;
  const open: string[] = [];
  for (const [, end, name, own] of page
    .replace(/<style>[\s\S]*?<\/style>/, "")
    .matchAll(/<(\/?)([!\w]+)[^>]*?(\/?)>/g)) {
    if (own || alone.test(name!)) continue;
    if (end) assert.is(open.pop(), name);
    else open.push(name!);
  }
  assert.equal(open, []);
});

test("a training of no steps, and one of a single step", async () => {
  assert.not.match(await report(0), /How it learned/);
  const single = await report(1);
  assert.match(single, /How it learned/);
  assert.not.match(single.replace(/base64,[^"]*/g, ""), /NaN/);
});

test("follows the sample that is asked for, and needs mistakes", async () => {
  const dataset = noise(6);
  using model = await lenet5({ classes: dataset.classes });
  const common = { name: "x", model, dataset, steps: [] };
  const page = await trainingReport({
    ...common,
    evaluation: await evaluate(model, dataset, { mistakes: true }),
    sample: 4,
  });
  assert.match(page, /alt="The input: sample 4"/);
  const evaluation = await evaluate(model, dataset);
  await rejectsMessage(
    trainingReport({ ...common, evaluation }),
    /lists no mistakes. Call evaluate with mistakes: true/,
  );
});

test("text is readable: contrasts of 4.5 to 1 in light and dark", () => {
  const palettes = [...style.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) =>
    Object.fromEntries(
      [...body!.matchAll(/--(\w+): (#[0-9a-f]{6});/g)].map(([, name, color]) => [name, color!]),
    ),
  );
  assert.is(palettes.length, 2);
  for (const palette of palettes) {
    for (const text of ["ink", "soft", "faint", "blue", "red"]) {
      const ratio = contrast(palette[text]!, palette.paper!);
      assert.ok(ratio >= 4.5, `${text}: ${ratio.toFixed(2)}`);
    }
  }
});

/** WCAG's ratio of luminances. */
function contrast(a: string, b: string): number {
  const luminance = (color: string): number =>
    [0.2126, 0.7152, 0.0722].reduce((sum, share, i) => {
      const sample = Number.parseInt(color.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
      return sum + share * (sample <= 0.04045 ? sample / 12.92 : ((sample + 0.055) / 1.055) ** 2.4);
    }, 0);
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

test("pictures in colour", async () => {
  const random = new Random(2);
  const data = Uint8Array.from({ length: 4 * 3 * 32 * 32 }, () => random.int(256));
  const dataset = fromArrays({ inputs: { data, shape: [4, 3, 32, 32] }, targets: [0, 1, 1, 0] });
  using model = await lenet5({ classes: dataset.classes, inputShape: [3, 32, 32] });
  const evaluation = await evaluate(model, dataset, { mistakes: true });
  const page = await trainingReport({ name: "colour", model, dataset, evaluation, steps: [] });
  assert.match(page, /6 filters of 5 × 5/);
});

test.run();
