// Files of torch.save, written by test/goldens/pth.py with PyTorch 1.13.

import { FeatureMapError } from "../../src/errors.js";
import { readPth } from "../../src/weights/index.js";
import { survivesDamage } from "../harness/damage.js";
import { fixture } from "../harness/fixture.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const test = suite("pth");

type Expected = Record<string, Record<string, { shape: number[]; values: (number | string)[] }>>;

const file = (name: string) => fixture(`weights/pth/${name}`);
const read = async (name: string, key?: string) =>
  readPth(await file(name), name, key === undefined ? {} : { key });
const expected = async (): Promise<Expected> =>
  JSON.parse(new TextDecoder().decode(await file("expected.json")));

async function refuses(name: string, pattern: RegExp): Promise<void> {
  const bytes = await file(name);
  throwsMessage(() => readPth(bytes, name), pattern);
}

test("every form and protocol gives PyTorch's numbers and names", async () => {
  const files = await expected();
  assert.is(Object.keys(files).length, 22);
  for (const [name, tensors] of Object.entries(files)) {
    const found = (await read(name)).tensors;
    assert.equal([...found.keys()], Object.keys(tensors), name);
    for (const [key, { shape, values }] of Object.entries(tensors)) {
      assert.equal(found.get(key)!.shape, shape, `${name}: ${key}`);
      assert.equal([...found.get(key)!.data], values.map(Number), `${name}: ${key}`);
    }
  }
});

test("weights are found inside of checkpoints, whose plain values become metadata", async () => {
  for (const form of ["zip", "legacy"]) {
    const { tensors, metadata } = await read(`${form}-checkpoint.pth`);
    assert.ok(tensors.has("0.weight"));
    assert.equal(metadata, {
      epoch: "90",
      arch: "tiny",
      best_acc5: "90.25",
      big: String(2n ** 70n),
      negative: String(-(2 ** 40)),
    });
  }
  assert.equal((await read("inner.pth")).metadata, { epoch: "3" });
});

test("of several dictionaries the one that is asked for, and an error that lists them otherwise", async () => {
  await refuses(
    "ema.pth",
    /^ema\.pth holds more than one .* "state_dict" \(7 tensors\), "state_dict_ema" \(7 tensors\)\. Choose one: \{ key: "state_dict_ema" \}/,
  );
  const once = (await read("ema.pth", "state_dict")).tensors.get("0.weight")!;
  const twice = (await read("ema.pth", "state_dict_ema")).tensors.get("0.weight")!;
  assert.equal([...twice.data], [...once.data.map((value) => 2 * value)]);
  throwsMessage(() => readPth(new Uint8Array(), "x"), /^x: this is not a file of torch\.save\.$/);
  const ema = await file("ema.pth");
  throwsMessage(
    () => readPth(ema, "x", { key: "model" }),
    /^x has no dictionary of tensors "model"\. There are: "state_dict"/,
  );
});

test("what weights have no need of is refused by name, and nothing is run", async () => {
  const wants = (what: string) =>
    new RegExp(`: the file wants to use ${what}, .* Nothing in a file is ever run\\.`);
  await refuses("bad-system.pth", wants("posix\\.system"));
  await refuses("bad-system-legacy.pth", wants("posix\\.system"));
  await refuses("bad-eval.pth", wants("builtins\\.eval"));
  await refuses("bad-getattr.pth", wants("__builtin__\\.getattr"));
  await refuses("bad-array.pth", wants("numpy\\.core\\.multiarray\\._reconstruct"));
  await refuses("bad-quantised.pth", wants("torch\\._utils\\._rebuild_qtensor"));
  await refuses("bad-sparse.pth", wants("torch\\._utils\\._rebuild_sparse_tensor"));
  await refuses("bad-complex.pth", /torch\.ComplexFloatStorage is not supported\. Convert such tensors/);
});

test("whole models, compiled ones and other forms are refused with the remedy", async () => {
  const remedy = ".* torch\\.save\\(model\\.state_dict\\(\\), path\\)\\.$";
  await refuses(
    "bad-module.pth",
    new RegExp(`whole pickled model, of the class torch\\.nn\\.modules${remedy}`),
  );
  await refuses("bad-module-legacy.pth", new RegExp(`whole pickled model${remedy}`));
  await refuses("bad-script.pt", new RegExp(`compiled model \\(TorchScript\\)${remedy}`));
  await refuses("bad-tar.pth", new RegExp(`tar form of PyTorch before 0\\.1\\.10${remedy}`));
  await refuses("bad-big-endian.pth", /the byte order is "big"; only little-endian files are supported/);
  await refuses("bad-big-endian-legacy.pth", /only little-endian files are supported/);
  await refuses("single.pth", /holds a single tensor without a name/);
  await refuses("list.pth", /expected a dictionary of tensors by name/);
  await refuses("numbers.pth", /holds no dictionary of tensors by name\. There is none in it\./);
});

test("damaged files and numbers that float32 cannot hold are errors", async () => {
  await refuses("bad-missing.pth", /"zip-2\/data\/1" is missing in the file/);
  await refuses("bad-short.pth", /storage 1 has 4 bytes instead of 8/);
  await refuses("bad-deflated.pth", /is compressed, which PyTorch never does/);
  await refuses("bad-longer-legacy.pth", /8 bytes follow the last storage/);
  await refuses(
    "bad-repeated.pth",
    /tensor "x" of shape \[1099511627776\] repeats the same numbers too often/,
  );
  await refuses("large-integer.pth", /tensor "steps": the integer 16777217 at element 0 is beyond 2\^24/);
  for (const name of ["zip-2.pth", "legacy-2.pth"]) {
    const whole = await file(name);
    for (let length = 0; length < whole.length; length++) {
      throwsMessage(() => readPth(whole.subarray(0, length)), /./);
    }
  }
});

test("bytes at any alignment", async () => {
  const bytes = await file("zip-strided.pth");
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  const [a, b] = [readPth(bytes), readPth(shifted.subarray(1))];
  for (const [key, { data }] of a.tensors) assert.equal(b.tensors.get(key)!.data, data);
});

test("damage gives a result or an error, never a crash", async () => {
  const names = ["zip-2", "zip-4", "legacy-2", "zip-checkpoint", "legacy-checkpoint", "legacy-strided"];
  const files = await Promise.all(names.map((name) => file(`${name}.pth`)));
  await survivesDamage(files, readPth, ({ tensors }) => {
    const total = [...tensors.values()].reduce((sum, { size }) => sum + size, 0);
    assert.ok(total < 100_000);
  });
});

/** The older form with a pickle written by hand in place of the objects. */
function legacy(pickle: string | number[]): Uint8Array {
  const code = typeof pickle === "string" ? [...pickle].map((char) => char.charCodeAt(0)) : pickle;
  const start = [...`L${0x1950a86a20f9469cfc6cn}L\n.I1001\n.}.`].map((char) => char.charCodeAt(0));
  return Uint8Array.from([...start, ...code, ...[..."]."].map((char) => char.charCodeAt(0))]);
}

test("pickles made to hurt: loops, endless nesting, huge counts", () => {
  const nested = "(".repeat(100_000);
  const cases: [string, RegExp][] = [
    // A dictionary in itself.
    ["}p0\nS'a'\ng0\ns.", /holds no dictionary of tensors/],
    // A list that contains itself twice, and so on: 2^n elements for whoever writes it out.
    [`]p0\n${"(g0\ng0\nlp0\n".repeat(500)}.`, /holds \[/],
    [`${nested}.`, /a value is missing/],
    [`${nested}${"l".repeat(100_000)}.`, /holds \[/],
    [`${"}S'a'\n".repeat(50_000)}N${"s".repeat(50_000)}.`, /holds no dictionary of tensors/],
    ["g7\n.", /the memo has nothing at 7/],
    ["T\xff\xff\xff\x7f.", /2147483647 bytes should follow/],
    [`L${"9".repeat(300)}L\n.`, /is no integer/],
    ["cos\nsystem\n(S'true'\ntR.", /the file wants to use os\.system/],
    ["(S'true'\nios\nsystem\n.", /the file wants to use os\.system/],
    ["(cos\nsystem\nS'true'\no.", /the file wants to use os\.system/],
    ["N)R.", /null is called, which is no function/],
    ["\x82\x01.", /uses the extension registry/],
    ["\xff.", /there is no opcode 0xff/],
    ["N", /truncated or damaged/],
    ["Pfoo\n.", /describes no storage/],
    ["ctorch\nfloat32\n.", /expected a dictionary of tensors/],
    ["ctorch\nload\n.", /wants to use torch\.load/],
    // A list of thousands, copied thousands of times.
    [
      `(${"N".repeat(30_000)}tp0\n0${"c__builtin__\nlist\n(g0\ntR0".repeat(1000)}N.`,
      /copies the same values over and over/,
    ],
    [`${"c__builtin__\nlist\n".repeat(3)}0000N.`, /a value is missing/],
    ["c__builtin__\n__proto__\n.", /wants to use __builtin__\.__proto__/],
  ];
  for (const [code, pattern] of cases) {
    throwsMessage(() => readPth(legacy(code), "x"), pattern);
    try {
      readPth(legacy(code), "x");
    } catch (error) {
      assert.instance(error, FeatureMapError);
      assert.ok((error as Error).message.length < 2000);
    }
  }
});

test.run();
