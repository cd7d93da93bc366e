import fc from "fast-check";
import { readIdxFiles } from "../../playground/engine/jobs/idx-files.js";
import { build, misfit } from "../../playground/rooms/yours/build.js";
import { catalog } from "../../playground/rooms/yours/catalog.js";
import { examples } from "../../playground/rooms/yours/examples.js";
import { interpret } from "../../playground/rooms/yours/interpret.js";
import { guess, lineOf, Mistake } from "../../playground/rooms/yours/mistake.js";
import { columns, type Run, studio, told } from "../../playground/rooms/yours/studio.js";
import * as featuremap from "../../src/index.js";
import { summary } from "../../src/inspect/index.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("your own network: its parts");

/** What JavaScript itself makes of a source: constants and then the network. */
function evaluated(source: string): featuremap.Network {
  const names = Object.keys(featuremap);
  const last = source.lastIndexOf("\nsequential(");
  assert.ok(last >= 0, source);
  const body = `${source.slice(0, last)}\nreturn ${source.slice(last + 1)}`;
  return new Function(...names, body)(...Object.values(featuremap));
}

const summed = async (network: featuremap.Network) => {
  using model = await network.build([1, 28, 28], { initialize: false });
  return summary(model);
};

/** The mistake in a source, with its place and the text it points at. */
async function mistake(source: string) {
  try {
    (await build(source)).model.dispose();
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    const { start, end } = error.span;
    return { message: error.message, ...lineOf(source, start), text: source.slice(start, end) };
  }
  throw new Error(`no mistake was found in ${source}`);
}

async function says(source: string, pattern: RegExp, at?: { line?: number; column?: number; text?: string }) {
  const found = await mistake(source);
  assert.ok(pattern.test(found.message), `${found.message} (${source.slice(0, 100)})`);
  // Sentences: a capital or the name of a layer first, a full stop at the end.
  assert.match(found.message, /[.?]$/);
  for (const [name, value] of Object.entries(at ?? {})) {
    assert.is(found[name as keyof typeof found], value, `${name} of: ${found.message}`);
  }
}

test("the catalog has every layer of the library, and no other", () => {
  const others = [
    "FeatureMapError",
    "Random",
    "Tensor",
    "custom",
    "dispose",
    "init",
    "inits",
    "network",
    "tensor",
  ];
  const layers = Object.keys(featuremap).filter((name) => !others.includes(name));
  assert.equal(Object.keys(catalog).sort(), layers.sort());
});

test("the catalog has the options that the library takes", () => {
  const exported = featuremap as unknown as Record<string, (...args: unknown[]) => unknown>;
  // What stands before the options.
  const before: Record<string, unknown[]> = {
    sequential: [],
    parallel: [],
    batchNorm2d: [],
    instanceNorm2d: [],
    upsample: [],
    residual: [[]],
    linear: [1],
    depthwiseConv2d: [3],
    localResponseNorm: [3],
  };
  for (const [name, { options }] of Object.entries(catalog)) {
    const known = Object.keys(options);
    if (known.length === 0) continue;
    const pool = /Pool/.test(name) ? [2] : [4, 3];
    let said = "";
    try {
      exported[name]!(...(before[name] ?? pool), { nonsense: 1 });
    } catch (error) {
      said = (error as Error).message;
    }
    // groups is named there, and then refused as what follows from the input.
    const takes = /It takes: (.*)\.$/
      .exec(said)?.[1]
      ?.split(", ")
      .filter((option) => name !== "depthwiseConv2d" || option !== "groups");
    assert.equal(known.sort(), takes?.sort(), `${name}: ${said}`);
  }
});

test("the examples are what JavaScript makes of them, and end in ten numbers", async () => {
  for (const { title, source } of examples) {
    const { model } = await build(source);
    using _ = model;
    assert.is(misfit(model), undefined, title);
    assert.equal(summary(model), await summed(evaluated(source)), title);
    assert.ok(summary(model).parameters < 250_000, title);
  }
});

test("LeNet-5 has 61,706 parameters", async () => {
  const { model } = await build(examples[0]!.source);
  using _ = model;
  assert.is(summary(model).parameters, (25 + 1) * 6 + (25 * 6 + 1) * 16 + 401 * 120 + 121 * 84 + 85 * 10);
});

const accepted: Record<string, string> = {
  comments: "/* a */ \nsequential([relu(), // b\n flatten(), linear(10,),],)",
  names: "\nsequential({ first: conv2d(4, 3), 'and then': relu() })",
  arithmetic:
    "const c = 2 ** 3 - 1;\nsequential([conv2d(c * 2 + 10 % 4, -(-3)), conv2d(Math.floor(c / 2), [3, +1])])",
  arrows:
    "const b = (c, k = 3) => { const twice = 2 * c; return [conv2d(twice, k), relu()]; };\nsequential([...b(2), ...b(3, 1)])",
  recursion: "const deep = (n) => n <= 0 ? [] : [relu(), ...deep(n - 1)];\nsequential(deep(5))",
  map: "const sizes = [4, 8];\nsequential([...sizes.map((c) => conv2d(c, 3)), ...sizes.flatMap((c, i) => [conv2d(c + i, 1), relu()])])",
  spread: "const same = { padding: 'same' };\nsequential([conv2d(4, 3, { ...same, bias: !true })])",
  inits: "\nsequential([conv2d(4, 3, { init: { weight: inits.heNormal({ mode: 'fanOut' }) } })])",
  shortcut:
    "const stride = 2;\nsequential([residual([conv2d(4, 3, { stride, padding: 1 })], { shortcut: conv2d(4, 1, { stride }) })])",
  parallel:
    "\nsequential([parallel({ a: conv2d(4, 1), b: sequential([maxPool2d(3, { stride: 1, padding: 1 })]) })])",
  shared: "const same = conv2d(1, 3, { padding: 1 });\nsequential([same, same])",
  closures: "const by = (k) => (c) => conv2d(c, k);\nsequential([by(3)(4), by(5)(6)])",
  shadows:
    "const c = 3; const f = (c) => { const k = 1; return conv2d(c, k); };\nsequential([f(4), conv2d(c, 3)])",
};

for (const [name, source] of Object.entries(accepted)) {
  test(`accepted: ${name}`, async () => {
    const { model } = await build(source);
    using _ = model;
    assert.equal(summary(model), await summed(evaluated(source)));
  });
}

test("the network may have a name and imports, as in a file", () => {
  const source =
    'import { conv2d, sequential } from "featuremap";\nexport const net = sequential([conv2d(4, 3)]);\n';
  assert.is(interpret(source).result, undefined);
  assert.is(interpret("const net = sequential([relu()]);").network.type, "Sequential");
});

test("what it uses and where the network begins", () => {
  const source = "const a = relu();\nsequential([a, relu()]);";
  const { uses, result } = interpret(source);
  assert.equal([...uses].sort(), ["relu", "sequential"]);
  assert.is(source.slice(result!.start, result!.end), "sequential([a, relu()])");
});

test("every layer's place in the source", async () => {
  const source = "sequential({\n  a: relu(),\n  b: sequential([sigmoid()]),\n})";
  const { model, written } = await build(source);
  using _ = model;
  const texts = [...written.places].map(([name, { start, end }]) => [name, source.slice(start, end)]);
  assert.equal(Object.fromEntries(texts), {
    "": source,
    a: "relu()",
    b: "sequential([sigmoid()])",
    "b.0": "sigmoid()",
  });
});

test("what the library finds wrong, where it was written", async () => {
  const wrong = "sequential([\n  conv2d(6, 5),\n  linear(10),\n])";
  await says(
    wrong,
    /^Layer "1": linear: the input has shape \[1, 6, 24, 24\].*Put flatten\(\) before it\.$/,
    { line: 3, column: 3, text: "linear" },
  );
  const inner = "sequential({ stem: relu(), block: residual([conv2d(3, 1)]) })";
  await says(
    inner,
    /^Layer "block": residual: the layers give \[1, 3, 28, 28\], the shortcut \[1, 1, 28, 28\]/,
    { text: "residual" },
  );
  await says(
    "sequential([conv2d(6, 5, { paddin: 2 })])",
    /unknown option "paddin". It takes: stride, padding/,
    { line: 1, column: 28, text: "paddin" },
  );
  await says("sequential([conv2d(0, 5)])", /number of output channels is 0; it must be a whole number/, {
    text: "conv2d",
  });
  await says(
    "sequential([\n\n  relu])",
    /"0" is not a layer but a function. Call its function, as in relu\(\)\./,
    { text: "sequential" },
  );
  await says("sequential([conv2d(4, 40)])", /40/, { text: "conv2d" });
  await says("sequential([relu(1)])", /one argument too many/, { text: "relu" });
});

test("what is not part of the language is refused with a sentence and its place", async () => {
  await says("", /Write a network/);
  await says("sequential([relu()", /bracket is open/, { line: 1 });
  await says("sequential([relu() relu()])", /"relu" cannot stand here/, { column: 20 });
  await says("conv(3)", /There is no conv here\. Did you mean/, { text: "conv" });
  await says("sequential([conv2D(6, 5)])", /Did you mean conv2d\?/, { column: 13, text: "conv2D" });
  await says("sequential([zzzzzzzzz()])", /^There is no zzzzzzzzz here\.$/);
  await says('sequential([custom("A", 1)])', /^custom makes a layer of a program/);
  await says("3 + 4", /last line must be the network/, { text: "3 + 4" });
  await says("let a = 1; sequential([])", /write const instead of let/, { text: "a" });
  await says("const a = 1;\na = 2; sequential([])", /Nothing changes here.*There are layers, numbers/, {
    line: 2,
  });
  await says("const b = (c) => relu();\nsequential([b])", /Call it, as in block\(16\)/, { line: 2 });
  await says("function f() {}\nsequential([])", /with an arrow/, { line: 1 });
  await says("for (const a of [1]) relu();", /Instead of a loop/);
  await says("const model = await sequential([]).build([1, 28, 28]);", /write the network alone/);
  await says("sequential([relu()])\n.build([1])", /has parts to reach for/);
  await says("'a' + 'b'", /for numbers alone/, { text: "'a'" });
  await says("sequential([, relu()])", /comma without anything/);
  await says("const f = (c) => { const d = c; };\nsequential([f(1)])", /end it with return/, { line: 1 });
  await says("import fs from 'node:fs';", /Only "featuremap" can be imported/);
  await says("Math.random()", /There is no Math\.random here/);
  await says("inits.constructor()", /There is no inits\.constructor here/);
  await says("5(3)", /cannot be called/, { text: "5" });
  await says("({ __proto__: 1 })", /__proto__/);
});

test("nothing of the surroundings can be reached", async () => {
  const surroundings = [
    "globalThis",
    "self",
    "fetch",
    "Function",
    "eval",
    "constructor",
    "this",
    "import('a')",
    "new Date()",
    "relu.constructor('x')()",
    "[].constructor",
    "(() => 1).constructor",
    "`a`",
    "/a/",
    "class A {}",
    "async () => 1",
    "sequential`a`",
    "''.length",
    "relu?.()",

    "typeof relu",
    "void 0",
    "(1, relu())",
    "1n",
  ];
  for (const source of surroundings)
    await says(
      source,
      /There is no|cannot be written here|cannot stand here|Nothing has parts|Write texts|There are layers/,
    );
});

test("what would not come to an end does", async () => {
  await says("const f = (n) => f(n);\nsequential([f(1)])", /Do they ever end/, { line: 1 });
  await says(
    "const f = (n) => n < 0 ? [] : [...f(n - 1), ...f(n - 1)];\nsequential(f(40))",
    /too many steps/,
  );
  const doubled = Array.from({ length: 40 }, (_, i) => `const a${i + 1} = [...a${i}, ...a${i}];`).join("\n");
  await says(`const a0 = [relu()];\n${doubled}\nsequential(a40)`, /too many steps/);
  const nested = Array.from({ length: 30 }, (_, i) => `const a${i + 1} = sequential([a${i}, a${i}]);`).join(
    "\n",
  );
  await says(`const a0 = relu();\n${nested}\na30`, /more than 1000 layers/);
  await says("sequential([pad(1e9)])", /numbers up to 10,000/);
  await says("sequential([upsample({ scale: 1e9 })])", /scales up to 32/);
  await says("sequential([upsample({ scale: 32 }), upsample({ scale: 32 })])", /values for one image/, {
    column: 38,
  });
  await says(
    "sequential([flatten(), linear(10000), linear(10000)])",
    /107,860,000 parameters; this page takes at most 10,000,000/,
  );
  await says(`${"(".repeat(9000)}relu()${")".repeat(9000)}`, /brackets within brackets/);
  await says(`sequential([${"relu(),".repeat(4000)}])`, /longer than 20,000 letters/);
  await says(`sequential([${"relu(),".repeat(1200)}])`, /more than 1000 layers/);
});

test("networks that do not tell ten classes apart are told how to", async () => {
  const fit = async (source: string) => {
    const { model } = await build(source);
    using _ = model;
    return misfit(model);
  };
  assert.match(`${await fit("sequential([conv2d(10, 28)])")}`, /1 × 1 × 10.*end with flatten\(\) to/);
  assert.match(`${await fit("sequential([conv2d(10, 3)])")}`, /26 × 26 × 10.*flatten\(\), linear\(10\)/);
  assert.match(`${await fit("sequential([flatten(), linear(12)])")}`, /12 numbers.*linear\(10\)/);
});

test("guesses", () => {
  assert.is(guess("maxpool2d", ["maxPool2d", "avgPool2d"]), " Did you mean maxPool2d?");
  assert.is(guess("maxPool", ["maxPool2d", "avgPool2d"]), " Did you mean maxPool2d?");
  assert.is(guess("x", ["relu"]), "");
});

test("curves of several runs over common places", () => {
  const one = [
    { at: 0, value: 1 },
    { at: 10, value: 2 },
  ];
  assert.equal(columns([one, [{ at: 5, value: 3 }], []]), [
    [0, 5, 10],
    [1, null, 2],
    [null, 3, null],
    [null, null, null],
  ]);
});

test("a run keeps its newest report however long it lasts, and its curve stays short", () => {
  const { settings, source } = studio.value;
  let run: Run = {
    id: 1,
    name: "",
    source,
    module: "",
    data: "MNIST",
    settings,
    parameters: 0,
    macs: 0,
    phase: "loading",
    steps: [],
    tests: [],
  };
  run = told(run, { kind: "begin" });
  assert.is(run.phase, "running");
  for (let at = 1; at <= 3000; at++)
    run = told(run, { kind: "step", at, loss: 1, imagesPerSecond: 1, seconds: at });
  assert.ok(run.steps.length <= 400);
  assert.is(run.steps.at(-1)!.at, 3000);
  const places = run.steps.map(({ at }) => at);
  assert.equal(
    places,
    [...places].sort((a, b) => a - b),
  );
});

/** An idx file whose bytes are all the same, or are counted. */
const idxFile = (name: string, sizes: number[], byte: (i: number) => number) => {
  const count = sizes.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(4 + 4 * sizes.length + count);
  bytes.set([0, 0, 8, sizes.length]);
  const head = new DataView(bytes.buffer);
  for (const [i, size] of sizes.entries()) head.setUint32(4 + 4 * i, size);
  for (let i = 0; i < count; i++) bytes[4 + 4 * sizes.length + i] = byte(i);
  return { name, arrayBuffer: async () => bytes.buffer };
};

test("idx files are put together by what they hold where their names do not tell", async () => {
  const files = [
    idxFile("d", [3], () => 7),
    idxFile("c", [3, 28, 28], () => 255),
    idxFile("b", [5], (i) => i),
    idxFile("a", [5, 28, 28], (i) => (i % 2 === 0 ? 0 : 255)),
  ];
  const { training, test } = await readIdxFiles(files);
  assert.equal([training.length, test.length], [5, 3]);
  const { inputs, targets } = await training.get([1, 4]);
  assert.equal([...(targets as Int32Array)], [1, 4]);
  // Half black, half white: mean 0.5 and standard deviation 0.5, so -1 and 1.
  assert.equal([...inputs.data.slice(0, 4)], [-1, 1, -1, 1]);
  const equal = [files[0]!, files[1]!, idxFile("b", [3], () => 1), idxFile("a", [3, 28, 28], () => 0)];
  await rejectsMessage(readIdxFiles(equal), /not clear which are to test with/);
  const wrong = [files[0]!, files[1]!, idxFile("b", [5], () => 10), files[3]!];
  await rejectsMessage(readIdxFiles(wrong), /class index 10; expected a whole number of 0 to 9/);
});

/** Numbers as people write them. */
const numbers = (least: number, most: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.integer({ min: least, max: most }).map(String),
    fc.integer({ min: least, max: most }).map((n) => `${n - 1} + 1`),
    fc.integer({ min: least, max: most }).map((n) => `(${2 * n} / 2)`),
    fc.integer({ min: least, max: most }).map((n) => `Math.max(${least}, ${n})`),
    fc.constant("a"),
  );

/** Layers in source text; some do not fit what comes before them, which must be said in the same words. */
const { layer } = fc.letrec<{ layer: string; list: string }>((tie) => ({
  layer: fc.oneof(
    { maxDepth: 3 },
    fc
      .constantFrom(
        "relu()",
        "sigmoid()",
        "batchNorm2d()",
        "globalAvgPool2d()",
        "flatten()",
        "gelu('tanh')",
        "tanh(),",
        "same",
      )
      .map((text) => text.replace(",", "")),
    fc
      .tuple(
        numbers(0, 8),
        numbers(1, 5),
        fc.constantFrom(
          "",
          ", { padding: 'same' }",
          ", { stride: 2, bias: false }",
          ", options",
          ", { groups: a }",
        ),
      )
      .map(([c, k, options]) => `conv2d(${c}, ${k}${options})`),
    fc
      .tuple(fc.constantFrom("maxPool2d", "avgPool2d"), numbers(1, 4))
      .map(([pool, size]) => `${pool}(${size})`),
    numbers(1, 20).map((features) => `linear(${features})`),
    numbers(1, 3).map((c) => `sequential(block(${c}))`),
    tie("list").map((list) => `sequential(${list})`),
    tie("list").map((list) => `residual(${list}, a > 2 ? {} : { shortcut: conv2d(4, 1) })`),
    fc.tuple(tie("layer"), tie("layer")).map(([one, two]) => `parallel({ one: ${one}, 'two': ${two} })`),
  ),
  list: fc
    .array(
      fc.oneof(
        tie("layer"),
        numbers(1, 3).map((c) => `...block(${c})`),
        fc.constant("...[1, a].map((c) => conv2d(c, 1))"),
      ),
      { maxLength: 4 },
    )
    .map((list) => `[${list.join(", ")}]`),
}));

test("what it builds is what JavaScript builds of the same source, or fails in the same words", async () => {
  let built = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 4 }),
      fc.array(layer, { minLength: 1, maxLength: 4 }),
      async (a, layers) => {
        const source = `const a = ${a};
const options = { padding: a };
const same = conv2d(3, 3, { ...options, padding: 1 });
const block = (c, k = 3) => { const padding = (k - 1) / 2; return [conv2d(2 * c, k, { padding }), relu()]; };
sequential([${layers.join(", ")}])`;
        const [mine, theirs] = await Promise.allSettled([
          build(source).then(({ model }) => {
            using _ = model;
            return summary(model);
          }),
          Promise.resolve().then(() => summed(evaluated(source))),
        ]);
        assert.is(mine.status, theirs.status, source);
        if (mine.status === "rejected")
          assert.is(mine.reason.message, (theirs as PromiseRejectedResult).reason.message);
        else {
          built++;
          assert.equal(mine.value, (theirs as PromiseFulfilledResult<unknown>).value);
        }
      },
    ),
    { numRuns: 300, seed: 4 },
  );
  assert.ok(built > 60, `${built} of 300 could be built`);
});

test.run();
