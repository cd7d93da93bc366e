import {
  batchNorm2d,
  conv1d,
  conv2d,
  custom,
  flatten,
  globalAvgPool2d,
  linear,
  type Model,
  maxPool2d,
  network,
  parallel,
  Random,
  relu,
  residual,
  sequential,
  sigmoid,
} from "../../src/index.js";
import {
  type DiagramBlock,
  type DiagramLayout,
  diagramLayout,
  diagramStyle,
  networkDiagram,
} from "../../src/inspect/index.js";
import { buildModel } from "../../src/layers/model.js";
import type { Value } from "../../src/ops/op.js";
import { models } from "../../src/zoo/index.js";
import { assert, suite } from "../harness/suite.js";
import { imported, netCases } from "../onnx/nets.js";

const test = suite("network diagrams");

interface Rect {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const hull = ({ x, y, width, height, backX, backY }: DiagramBlock): Rect => ({
  ...{ left: x, right: x + width + backX, top: y - backY, bottom: y + height },
});

const meet = (a: Rect, b: Rect): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const between = (a: Rect, b: Rect): string => `${JSON.stringify(a)} and ${JSON.stringify(b)}`;

/** What must hold for every picture. */
function checkLayout(what: string, { width, height, blocks, edges, panels }: DiagramLayout): void {
  const hulls = blocks.map(hull);
  for (const [i, a] of hulls.entries()) {
    assert.ok(a.left >= 0 && a.right <= width && a.top >= 0 && a.bottom <= height, `${what}: ${i} outside`);
    const { panel } = blocks[i]!;
    if (panel !== undefined) {
      const { x, y, width, height } = panels[panel]!;
      const inside = a.left >= x && a.right <= x + width && a.top >= y && a.bottom <= y + height;
      assert.ok(inside, `${what}: block ${i} outside of its panel`);
    }
    for (let j = 0; j < i; j++)
      assert.not.ok(meet(a, hulls[j]!), `${what}: ${between(a, hulls[j]!)} overlap`);
  }
  for (const { from, to, points } of edges) {
    const [a, b] = [hulls[from]!, hulls[to]!];
    assert.is(blocks[from]!.panel, blocks[to]!.panel, what);
    assert.ok(b.left > a.right || b.top > a.bottom, `${what}: an arrow leads back, ${between(a, b)}`);
    points.slice(1).forEach(([x, y], i) => {
      const [px, py] = points[i]!;
      assert.ok(x === px || y === py, `${what}: an arrow is askew`);
      const line = {
        left: Math.min(x, px),
        right: Math.max(x, px),
        top: Math.min(y, py),
        bottom: Math.max(y, py),
      };
      assert.ok(line.left >= 0 && line.right <= width, `${what}: an arrow leaves the picture`);
      for (const [k, block] of hulls.entries()) {
        if (k !== from && k !== to)
          assert.not.ok(meet(line, block), `${what}: an arrow crosses ${blocks[k]!.name}`);
      }
    });
  }
  const images = blocks.filter(({ shape }) => shape.length === 3 && shape[1]! * shape[2]! > 1);
  for (const a of images) {
    for (const b of images) {
      const [ac, ah, aw] = a.shape as [number, number, number];
      const [bc, bh, bw] = b.shape as [number, number, number];
      assert.ok(ah <= bh === a.height <= b.height, `${what}: heights of ${a.name} and ${b.name}`);
      assert.ok(aw <= bw === a.backX <= b.backX, `${what}: depths of ${a.name} and ${b.name}`);
      assert.ok(ac <= bc === a.width <= b.width, `${what}: widths of ${a.name} and ${b.name}`);
    }
  }
}

/** Every layer has its block. */
function checkLayers(what: string, model: Model, { blocks }: DiagramLayout): void {
  const shown = blocks.filter(({ panel }) => panel === undefined).flatMap(({ layers }) => layers);
  const names = model.layers.map(({ name }) => name);
  assert.equal([...new Set(shown)].sort(), [...new Set(names)].sort(), what);
  assert.is(new Set(shown).size, shown.length, `${what}: a layer in two blocks`);
}

test("all networks of the zoo, wide and narrow, whole and in parts", async () => {
  for (const [name, { create }] of Object.entries(models)) {
    using model = await create({ initialize: false });
    for (const width of [1200, 360]) {
      for (const depth of ["auto", 1, 99] as const) {
        const what = `${name} ${width} ${depth}`;
        const layout = diagramLayout(model, { width, depth });
        assert.ok(layout.width <= width, what);
        checkLayout(what, layout);
        checkLayers(what, model, layout);
      }
    }
    assert.is(model.runtime.heap.usedBytes, 0, "weights take no place");
  }
});

test("networks from ONNX files", async () => {
  const small = ["small", "squeezenet1_1", "shufflenet_v2_x0_5", "densenet121", "resnet18"];
  for (const one of (await netCases()).filter(({ name }) => small.includes(name))) {
    using model = await imported(one);
    for (const width of [1200, 360]) checkLayout(one.name, diagramLayout(model, { width }));
  }
});

/** The arrows by what the blocks are, "Conv 3×3>+". */
function arrows({ blocks, edges }: DiagramLayout): string[] {
  const called = ({ kind, sign, lines }: DiagramBlock): string =>
    kind === "input" ? lines[0]! : (sign?.text ?? lines[0]!);
  return edges.map(({ from, to }) => `${called(blocks[from]!)}>${called(blocks[to]!)}`).sort();
}

test("the arrows are the graph's, by hand", async () => {
  using model = await sequential({
    stem: conv2d(8, 7, { stride: 2, padding: 3 }),
    norm: batchNorm2d(),
    act: relu(),
    block: residual({ one: conv2d(8, 5, { padding: 2 }), two: batchNorm2d() }),
    branches: parallel({
      left: conv2d(4, 3, { padding: 1 }),
      right: maxPool2d(3, { stride: 1, padding: 1 }),
    }),
    mean: globalAvgPool2d(),
    flat: flatten(),
    fc: linear(10),
  }).build([3, 32, 32]);
  const layout = diagramLayout(model);
  checkLayout("by hand", layout);
  checkLayers("by hand", model, layout);
  assert.equal(
    arrows(layout),
    [
      "input>Conv 7×7",
      "Conv 7×7>Conv 5×5",
      "Conv 5×5>+",
      "Conv 7×7>+",
      "+>Conv 3×3",
      "+>Max pool 3×3",
      "Conv 3×3>concat",
      "Max pool 3×3>concat",
      "concat>Global avg pool",
      "Global avg pool>Linear",
    ].sort(),
  );
  const [, stem] = layout.blocks;
  assert.equal(stem!.lines, ["Conv 7×7", "stride 2, pad 3", "BN, ReLU"]);
  assert.equal([stem!.label, stem!.shape], ["16×16×8", [8, 16, 16]]);
  assert.equal(stem!.layers, ["stem", "norm", "act"]);
  assert.is(
    stem!.description,
    "stem: Conv 7×7, stride 2, pad 3, BN, ReLU, 16×16×8. height × width × channels. 1,200 parameters. 301,056 multiply-adds",
  );
});

test("modules are one block, with what they have inside below; equal ones are drawn once", async () => {
  const block = () => residual({ one: conv2d(8, 3, { padding: 1 }), act: relu(), two: conv2d(8, 1) });
  const blocks = Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`b${i}`, block()]));
  using model = await sequential({ stem: conv2d(8, 3), ...blocks }).build([3, 20, 20]);
  const { blocks: shown, panels } = diagramLayout(model);
  const main = shown.filter(({ panel }) => panel === undefined);
  assert.equal(
    main.map(({ kind, times }) => [kind, times]),
    [
      ["input", 1],
      ["convolution", 1],
      ["module", 24],
    ],
  );
  assert.is(main[2]!.layers.length, 24 * 4);
  assert.equal(
    panels.map(({ title, text }) => [title, text]),
    [["Residual", "inside b0, 23 more of this kind"]],
  );
  assert.equal(
    shown.filter(({ panel }) => panel === 0).map(({ sign, lines }) => sign?.text ?? lines[0]),
    ["", "Conv 3×3", "Conv 1×1", "+"],
  );
  const whole = diagramLayout(model, { depth: 2 });
  assert.is(whole.blocks.length, 2 + 24 * 3);
  assert.equal(whole.panels, []);
});

test("several inputs, one dimension, heads for training, a layer used twice, a constant", async () => {
  const shared = conv1d(4, 3, { padding: 1 });
  const net = custom("Odd", (scope, x) => {
    const other = scope.input("other") as Value;
    const a = scope.child("shared", shared, x);
    const b = scope.child("shared", shared, other);
    const sum = scope.add(a, b);
    scope.output("middle", sum);
    const flat = scope.child("flat", flatten(), sum);
    scope.auxiliary("side", scope.child("side", linear(3), flat), 0.3);
    return scope.child("head", linear(3), scope.child("gate", sigmoid(), flat));
  });
  const ports = ["signal", "other"].map((name) => ({ name, shape: [1, 2, 16], batch: true }));
  using model = await buildModel(net, ports, { outputs: ["scores", "middle"] });
  const layout = diagramLayout(model);
  checkLayout("odd", layout);
  assert.equal(
    arrows(layout),
    [
      "signal>Conv 3",
      "other>Conv 3",
      "Conv 3>+",
      "Conv 3>+",
      "+>Flatten",
      "Flatten>Sigmoid",
      "Flatten>Linear",
      "Sigmoid>Linear",
    ].sort(),
  );
  assert.is(layout.blocks[0]!.label, "16×2");
  assert.equal(
    layout.blocks.filter(({ training }) => training).map(({ name }) => name),
    ["side"],
  );
});

test("as SVG: well-formed, with buttons where asked for, without styles where they are the page's", async () => {
  using model = await network(
    sequential({ "a<b": conv2d(4, 3), act: relu(), fl: flatten(), fc: linear(2) }),
  ).build([1, 9, 9]);
  const alone = networkDiagram(model, { title: 'A & "B" <C>' });
  assert.ok(alone.includes(`<style>${diagramStyle}</style>`));
  assert.ok(alone.includes("A &amp; &quot;B&quot; &lt;C&gt;</text>"));
  assert.not.ok(/data-layer/.test(alone));
  const inPage = networkDiagram(model, { standalone: false, interactive: true });
  assert.not.ok(/<style|style=/.test(inPage));
  const buttons = [
    ...inPage.matchAll(/data-layer="([^"]*)" tabindex="0" role="button"[^>]*><title>([^<]*)</g),
  ];
  assert.equal(
    buttons.map(([, layer]) => layer),
    ["a&lt;b", "fl", "fc"],
  );
  assert.match(buttons[2]![2]!, /^fc: Linear, 2\. 394 parameters\. 392 multiply-adds$/);
  for (const svg of [alone, inPage]) {
    if (typeof DOMParser === "undefined") continue;
    const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
    assert.is(parsed.querySelector("parsererror"), null);
    assert.is(parsed.querySelectorAll("g.block").length, diagramLayout(model).blocks.length);
    for (const { name } of [...parsed.querySelectorAll("[class]")].flatMap((one) =>
      [...one.classList].map((name) => ({ name })),
    ))
      assert.ok(["diagram", "block", "shape"].includes(name) || diagramStyle.includes(`.${name} `), name);
  }
});

test("networks drawn at random", async () => {
  const random = new Random(7);
  for (let round = 0; round < 80; round++) {
    const steps = Array.from({ length: 4 + random.int(12) }, () => ({
      ...{
        sum: random.int(2) === 0,
        back: [random.int(4), random.int(4)] as const,
        kernel: 1 + 2 * random.int(2),
      },
    }));
    const net = custom("Random", (scope, x) => {
      const values = [x];
      steps.forEach(({ sum, back, kernel }, i) => {
        const [a, b] = back.map((steps) => values[Math.max(0, values.length - 1 - steps)]!) as [Value, Value];
        const conv = conv2d(3, kernel, { padding: "same" });
        values.push(sum && a !== b ? scope.add(a, b) : scope.child(`${i}`, conv, a));
      });
      return values.at(-1)!;
    });
    using model = await network(net).build([3, 12, 12]);
    for (const width of [900, 300]) checkLayout(`round ${round}`, diagramLayout(model, { width, depth: 9 }));
  }
});

test("wrong options are errors", async () => {
  using model = await sequential([relu()]).build([1, 4, 4]);
  assert.throws(() => networkDiagram(model, { dept: 2 } as object), /networkDiagram: unknown option "dept"/);
  assert.throws(() => diagramLayout(model, { depth: 0 }), /diagramLayout: depth is 0/);
  assert.throws(() => diagramLayout(model, { width: 100 }), /width is 100; it must be .* at least 240/);
  assert.throws(() => networkDiagram(model, { standalone: 1 } as object), /standalone is 1/);
  assert.throws(() => networkDiagram({} as Model), /networkDiagram: the model is/);
});

test.run();
