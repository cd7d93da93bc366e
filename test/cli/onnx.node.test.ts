// What the built command line does with ONNX files, as a user calls it.

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { encodePng } from "../../src/image/index.js";
import "../../src/wasm/inline.js";
import { flatten, globalAvgPool2d, sequential } from "../../src/index.js";
import { custom } from "../../src/layers/layer.js";
import { buildModel } from "../../src/layers/model.js";
import { exportOnnx } from "../../src/onnx/index.js";
import type { Value } from "../../src/ops/op.js";
import { Tensor } from "../../src/tensor.js";
import { readNpy, writeNpy } from "../../src/weights/index.js";
import { assert, near, suite } from "../harness/suite.js";
import { onnx } from "../onnx/build.js";

import { commandLine, drawing } from "./command-line.js";

const test = suite("command line: ONNX files");
const cli = resolve("build/cli.js");
const { fails, path, run, succeeds, trained } = commandLine(test, cli);

test("an ONNX file is summed up and run like a network of the zoo, with inputs and outputs by name", async () => {
  const network = custom("Both", (scope, a) => {
    const b = scope.input("b") as Value;
    scope.output("product", scope.multiply(a, b));
    return scope.add(a, b);
  });
  const ports = ["a", "b"].map((name) => ({ name, shape: [1, 2, 3, 3], batch: true }));
  const model = await buildModel(network, ports, { outputs: ["sum"] });
  writeFileSync(path("both.onnx"), exportOnnx(model));
  model.dispose();
  assert.match(succeeds("summary", "both.onnx"), /Parameters +0/);
  for (const [name, value] of [
    ["a", 2],
    ["b", 5],
  ] as const)
    writeFileSync(path(`${name}.npy`), writeNpy(new Tensor(new Float32Array(18).fill(value), [1, 2, 3, 3])));
  const predict = ["predict", "both.onnx", "--input", "a=a.npy", "--input", "b=b.npy"];
  assert.is(
    succeeds(...predict, "--output", "s.npy", "--output", "product=p.npy"),
    "sum [1, 2, 3, 3] is in s.npy\nproduct [1, 2, 3, 3] is in p.npy\n",
  );
  assert.equal(
    ["s.npy", "p.npy"].map((name) => readNpy(readFileSync(path(name))).data[17]),
    [7, 10],
  );
  assert.match(
    fails(2, "predict", "both.onnx", "--input", "a.npy", "--output", "s.npy"),
    /"a\.npy" needs a name, because the network has several inputs: name=a\.npy/,
  );
  assert.match(
    fails(2, "predict", "both.onnx", "--input", "a=a.npy", "--output", "s.npy"),
    /The input "b" is missing\. Give it as --input b=file\.npy\./,
  );
  assert.match(
    fails(2, "predict", "both.onnx", "--weights", "x", "--input", "a.npy", "--output", "s.npy"),
    /both\.onnx holds its weights itself\. Leave --weights out\./,
  );
});

test("an ONNX file says what its pictures go through; what one does not say is told", async () => {
  writeFileSync(path("digit.png"), await encodePng(drawing(64, 20, 200)));
  const classify = ["classify", "digit.png", "--json"];
  const own = JSON.parse(succeeds(...classify, "--weights", trained()));
  succeeds("export", "lenet5", "--weights", trained(), "--out", "digits.onnx");
  // It is known by its contents too.
  writeFileSync(path("digits.bin"), readFileSync(path("digits.onnx")));
  for (const file of ["digits.onnx", "digits.bin"]) {
    const [result] = JSON.parse(succeeds(...classify, "--model", file));
    near(
      result.guesses.map(({ probability }: { probability: number }) => probability),
      own[0].guesses.map(({ probability }: { probability: number }) => probability),
    );
  }
  succeeds("export", "digits.onnx", "--out", "again.onnx");
  assert.is(run(...classify, "--model", "again.onnx").err, "");

  using model = await sequential({ pool: globalAvgPool2d(), flat: flatten() }).build([3, 8, 8]);
  writeFileSync(path("bare.onnx"), exportOnnx(model));
  const told = run("classify", "digit.png", "--model", "bare.onnx");
  assert.is(told.code, 0, told.err);
  assert.match(
    told.err,
    /^note: bare\.onnx does not say how pictures are prepared\. Taken, .*: 8 × 8 pixels out of a shorter side of 9, mean 0\.485, .* --mean and --std\.\n$/,
  );
});

test("sizes that an ONNX file leaves open are told, and given as options", () => {
  const picture = ["n", 3, "h", "w"];
  writeFileSync(
    path("open.onnx"),
    onnx({ nodes: [{ op: "Relu" }], inputs: { x: picture }, outputs: { y: picture } }),
  );
  const told = run("summary", "open.onnx");
  assert.match(
    told.err,
    /^note: open\.onnx leaves sizes of its input "x" open; it is taken to be 224 × 224 pixels\. /,
  );
  assert.match(told.out, /224×224×3/);
  assert.match(succeeds("summary", "open.onnx", "--size", "32x48"), /32×48×3/);
  assert.match(succeeds("summary", "open.onnx", "--shape", "x=1x3x40x50"), /40×50×3/);
  const table = ["n", "rows"];
  writeFileSync(
    path("table.onnx"),
    onnx({ nodes: [{ op: "Relu" }], inputs: { x: table }, outputs: { y: table } }),
  );
  assert.match(fails(1, "summary", "table.onnx"), /^error: [^{]* such as --shape x=1x3x224x224\.$/);
  succeeds("summary", "table.onnx", "--shape", "1x7");
});

test("a whole network is not taken for weights, nor weights for a network", () => {
  succeeds("export", "lenet5", "--weights", trained(), "--out", "whole.onnx");
  const whole =
    /whole\.onnx is a whole network, not weights for lenet5\. .* in place of lenet5, in classify as --model/;
  assert.match(fails(2, "classify", "x.png", "--model", "lenet5", "--weights", "whole.onnx"), whole);
  assert.match(fails(2, "export", "lenet5", "--weights", "whole.onnx", "--out", "y.onnx"), whole);
  assert.match(fails(2, "evaluate", "lenet5", "--weights", "whole.onnx", "--data", "mnist"), whole);
  const predict = ["--weights", "whole.onnx", "--input", "x.npy", "--output", "y.npy"];
  writeFileSync(path("x.npy"), writeNpy(new Tensor(new Float32Array(1024), [1, 1, 32, 32])));
  assert.match(fails(2, "predict", "lenet5", ...predict), whole);
  assert.match(
    fails(2, "summary", trained()),
    /shared\.safetensors is no ONNX file\. If it holds weights, give it as/,
  );
});

test.run();
