import { FeatureMapError } from "../../src/errors.js";
import { exportOnnx, importOnnx } from "../../src/onnx/index.js";
import { Tensor, tensor } from "../../src/tensor.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";
import { floats, longs, type ModelDraft, onnx } from "./build.js";

const test = suite("ONNX import");

const range = (...shape: number[]): Tensor => {
  const count = shape.reduce((a, b) => a * b, 1);
  return new Tensor(
    Float32Array.from({ length: count }, (_, i) => i),
    shape,
  );
};

/** Imports a model that must be refused. */
const refused = (draft: ModelDraft, pattern: RegExp): Promise<void> =>
  rejectsMessage(() => importOnnx(onnx(draft)), pattern);

test("what is not supported is named: node, operator, opset", async () => {
  const node = (op: string, more: object = {}) => ({ nodes: [{ op, name: "n1", ...more }] });
  await refused(
    node("NonMaxSuppression"),
    /^Layer "n1" \(NonMaxSuppression, opset 13\): the operator is not supported\. Export the network up to there/,
  );
  await refused(node("LSTM"), /\(LSTM, opset 13\): recurrent layers are not supported.*ONNX Runtime/);
  await refused(
    node("Einsum"),
    /\(Einsum, opset 13\): the operator is not supported\. Write it as torch\.matmul/,
  );
  await refused(
    node("Det"),
    /\(Det, opset 13\): the operator is not supported\. Write it .* or run the file in ONNX/,
  );
  await refused(node("Op", { domain: "com.acme" }), /domain "com\.acme" is not supported\. Write it/);
  await refused(
    {
      ...node("BatchNormalization", { in: ["x", "a", "a", "a", "a"], out: ["y", "mean", "variance"] }),
      weights: { a: floats([1, 1]) },
    },
    /"n1" \(BatchNormalization, opset 13\):.*exported in train mode\. Export model\.eval\(\)/,
  );
  await refused(node("FusedConv", { domain: "com.microsoft" }), /"n1" \(FusedConv.*domain "com.microsoft"/);
  await refused(node("Loop"), /\(Loop, opset 13\): graphs within/);
  await refused(node("QLinearConv"), /\(QLinearConv, opset 13\): quantised networks are not supported/);
  await refused(node("DequantizeLinear"), /quantised networks/);
  await refused(
    node("Relu", { attributes: { slope: 1 } }),
    /"n1" \(Relu, opset 13\): the attribute "slope" is not supported/,
  );
  await refused(
    node("Resize", { in: ["x", "", "s"], attributes: { mode: "linear", antialias: 1 } }),
    /its input "s" is neither computed/,
  );
  await refused(
    {
      ...node("Resize", { in: ["x", "", "s"], attributes: { mode: "lanczos" } }),
      opset: 18,
      inputs: { x: [1, 1, 4, 4] },
      weights: { s: floats([1, 1, 2, 2]) },
    },
    /"n1" \(Resize, opset 18\): mode is "lanczos", which is not supported\. Supported: nearest, linear, cubic/,
  );
  await refused(
    {
      ...node("Conv", { in: ["x", "w"] }),
      inputs: { x: [1, 1, 4, 4, 4] },
      weights: { w: floats([1], [1, 1, 1, 1, 1]) },
    },
    /"n1" \(Conv, opset 13\): its input has the shape \[1,1,4,4,4\]: 3-D is not supported/,
  );
  await refused(
    {
      ...node("BatchNormalization", { in: ["x", "a", "a", "a", "a"], attributes: { spatial: 0 } }),
      opset: 7,
      weights: { a: floats([1, 1]) },
    },
    /"n1" \(BatchNormalization, opset 7\): spatial = 0 is not supported/,
  );
  await refused(
    { ...node("Reshape", { in: ["x", "s"] }), weights: { s: longs([3, -1]) } },
    /"n1" \(Reshape, opset 13\): \[1,2\] cannot become \[3,-1\]/,
  );
  await refused(
    { ...node("Squeeze", { in: ["x", "s"] }), weights: { s: longs([5]) } },
    /"n1" \(Squeeze, opset 13\): the axis 5 is not one of the 2 axes/,
  );
  await refused(
    {
      ...node("Clip", { in: ["x", "m"] }),
      nodes: [
        { op: "Exp", out: ["m"] },
        { op: "Clip", name: "n1", in: ["x", "m"] },
      ],
    },
    /"n1" \(Clip, opset 13\): input 1 \("m"\) is computed by the network/,
  );
});

test("versions and kinds of files that are not supported are named", async () => {
  const nodes = [{ op: "Relu" }];
  await refused({ nodes, opset: 22 }, /version 22 of ONNX's operators \(opset\); 7 to 21 are supported/);
  await refused(
    { nodes, opset: 5 },
    /\(Relu, opset 5\): the operator is not supported in a version that old/,
  );
  await refused({ nodes, model: { opsetImport: [] } }, /version 0 of ONNX's operators/);
  await refused({ nodes, model: { functions: [{ name: "f" }] } }, /functions of its own, such as "f"/);
  await refused({ nodes, graph: { sparseInitializer: [{ values: { name: "w" } }] } }, /"w" is sparse/);
  await refused({ nodes, types: { x: "STRING" } }, /The input "x" has elements of the type STRING/);
  await refused({ nodes, types: { x: "FLOAT8E5M2" } }, /type FLOAT8E5M2, which is not supported/);
  await refused(
    { nodes, graph: { input: [{ name: "x", type: { sequenceType: new Uint8Array() } }] } },
    /"x" is not a dense tensor/,
  );
  await refused(
    { nodes, graph: { initializer: [{ name: "w", dims: [3], dataType: 1 }] } },
    /"w": 0 values do not fill the shape \[3\]/,
  );
  await refused(
    { nodes: [{ op: "Relu", in: ["z"] }] },
    /its input "z" is neither computed by a node before it nor given/,
  );
  await refused({ nodes, outputs: { z: [1] } }, /The output "z" is computed by none of the nodes\./);
  await refused({ nodes, outputs: {} }, /no outputs/);
  await rejectsMessage(
    () => importOnnx(new TextEncoder().encode("hello")),
    /^The file is a text, not an ONNX file/,
  );
  await rejectsMessage(() => importOnnx(new Uint8Array([8, 7])), /is not an ONNX file: it has no graph/);
  await rejectsMessage(() => importOnnx(3 as never), /importOnnx: the source is 3/);
  await rejectsMessage(
    () => importOnnx(new Uint8Array(), { bach: "free" } as never),
    /unknown option "bach"/,
  );
});

test("a file cut off anywhere is an error", async () => {
  const whole = onnx({
    nodes: [{ op: "Conv", in: ["x", "w"], attributes: { pads: [1, 1, 1, 1], auto_pad: "NOTSET" } }],
    inputs: { x: [1, 1, 4, 4] },
    outputs: { y: [1, 1, 4, 4] },
    weights: { w: floats([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]) },
  });
  using model = await importOnnx(whole);
  assert.is((await model.predict(range(1, 1, 4, 4))).size, 16);
  for (let end = 0; end < whole.length; end++) {
    try {
      const model = await importOnnx(whole.subarray(0, end));
      model.dispose();
      // Only what stands for itself may be left out: the fields come in the order of the schema.
      assert.unreachable(`cut off at ${end} of ${whole.length}`);
    } catch (error) {
      assert.instance(error, FeatureMapError, `cut off at ${end}`);
    }
  }
});

test("what a file claims takes no memory", async () => {
  const claim = (draft: ModelDraft) =>
    refused(draft, /larger than|more than|numbers along an axis|which cannot be/);
  await claim({ nodes: [{ op: "ConstantOfShape", in: ["s"] }], weights: { s: longs([2 ** 31, 2 ** 20]) } });
  await claim({ nodes: [{ op: "Expand", in: ["s", "t"] }], weights: { s: longs([1]), t: longs([2 ** 40]) } });
  await claim({
    nodes: [{ op: "Range", in: ["a", "b", "c"] }],
    weights: { a: longs([0], []), b: longs([2 ** 50], []), c: longs([1], []) },
  });
  await claim({ nodes: [{ op: "Tile", in: ["x", "s"] }], weights: { s: longs([1, 2 ** 40]) } });
  await claim({
    nodes: [{ op: "Pad", in: ["x", "s"] }],
    inputs: { x: [2, 2] },
    weights: { s: longs([0, 2 ** 40, 0, 0]) },
    graph: {},
  });
  await claim({
    nodes: [{ op: "Relu" }],
    graph: { initializer: [{ name: "w", dims: [2 ** 31, 2 ** 31], dataType: 1 }] },
  });
});

test("something other than an ONNX file is called what it is, with what to do", async () => {
  const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  const given = (text: string, pattern: RegExp) => rejectsMessage(() => importOnnx(bytes(text)), pattern);
  await given("", /^The file is empty\. Download or export it again/);
  await given("\n<!doctype html><html><body>Sign in</body></html>", /^The file is a web page.*"<!doctype/);
  await given("404: Not Found", /^The file is a text, not.*begins with "404: Not Found".*address/);
  await given('{"error": "no such model"}', /^The file is JSON/);
  await given("version https://git-lfs.github.com/spec/v1\noid 1", /git lfs pull/);
  await given("PK\x03\x04\0\0\x08\x08archive/data.pkl", /^The file is a zip file.*model\.load/);
  await given("\x80\x02\x8a\nl\xfc\x9cF\xf9", /^The file is a pickle.*model\.load/);
  await given('\x10\0\0\0\0\0\0\0{"w":{"dtype":"F32"', /^The file is a safetensors file.*model\.load/);
  await given("\xff\xd8\xff\xe0\0\x10JFIF", /^The file is a JPEG picture.*classify/);
  await given("\x89PNG\r\n\x1a\n", /^The file is a PNG picture/);
});

test("sizes that the file leaves open are given when it is imported", async () => {
  const draft: ModelDraft = {
    nodes: [{ op: "GlobalAveragePool" }],
    inputs: { x: ["n", 3, "h", "w"] },
    outputs: { y: ["n", 3, 1, 1] },
  };
  await refused(
    draft,
    /the input "x" has the shape \[n, 3, h, w\], with sizes left open.*\{ shapes: \{ "x": \[1, 3, 224, 224\] \} \}/,
  );
  const shapes = { x: [1, 3, 4, 6] };
  using model = await importOnnx(onnx(draft), { shapes });
  assert.equal(model.ports, [{ name: "x", shape: [1, 3, 4, 6], batch: true }]);
  for (const shape of [
    [2, 3, 4, 6],
    [1, 3, 2, 5],
    [70, 3, 1, 1],
  ]) {
    const y = await model.predict(range(...shape));
    const area = shape[2]! * shape[3]!;
    assert.equal(y.shape, [shape[0]!, 3, 1, 1]);
    assert.equal([...y.data.slice(0, 2)], [(area - 1) / 2, area + (area - 1) / 2]);
  }
  const given = (more: object) => importOnnx(onnx(draft), more);
  using alone = await given({ shapes: [1, 3, 5, 7] });
  assert.equal(alone.ports, [{ name: "x", shape: [1, 3, 5, 7], batch: true }]);
  const two: ModelDraft = { nodes: [{ op: "Add", in: ["a", "b"] }], inputs: { a: ["n", 2], b: ["n", 2] } };
  await rejectsMessage(
    () => importOnnx(onnx(two), { shapes: [1, 2] }),
    /shapes is \[1,2\], for a single input, but the network has 2: "a", "b"\. Give each its own: \{ shapes: \{ "a":/,
  );
  await rejectsMessage(() => given({ shapes: { z: [1] } }), /no input "z" to give a shape.*"x"/);
  await rejectsMessage(
    () => given({ shapes: { x: [1, 4, 2, 2] } }),
    /\[1, 4, 2, 2\] does not fit the input "x", which is \[n, 3, h, w\]/,
  );
  await rejectsMessage(() => given({ shapes: { x: [1, 3] } }), /does not fit/);
  await rejectsMessage(() => given({ batch: "open" }), /batch is "open"; it must be "declared" or "free"/);
  await rejectsMessage(() => given({ externalData: 1 }), /externalData is 1/);
});

test("inputs and outputs have the file's names, and what decides shapes may be an input", async () => {
  using model = await importOnnx(
    onnx({
      nodes: [
        { op: "Resize", in: ["x", "", "scales"], out: ["larger"] },
        { op: "Reshape", in: ["x", "shape"], out: ["flat"] },
        { op: "Shape", in: ["larger"], out: ["sizes"] },
      ],
      inputs: { x: [1, 1, 2, 2], scales: [4], shape: ["k"] },
      types: { shape: "INT64" },
      outputs: { larger: ["a", "b", "c", "d"], flat: ["r"], sizes: [4] },
    }),
  );
  const x = range(1, 1, 2, 2);
  const results = await model.predict({ x, scales: tensor([1, 1, 1, 2]), shape: tensor([-1]) });
  assert.equal(results.larger!.shape, [1, 1, 2, 4]);
  assert.equal([...results.larger!.data], [0, 0, 1, 1, 2, 2, 3, 3]);
  assert.equal(results.flat!.shape, [4]);
  assert.equal([...results.sizes!.data], [1, 1, 2, 4]);
  const more = await model.predict({ x, scales: tensor([1, 1, 2, 1]), shape: tensor([2, 2]) });
  assert.equal([...more.larger!.data], [0, 1, 0, 1, 2, 3, 2, 3]);
  assert.equal(more.flat!.shape, [2, 2]);
});

test("a photograph's bytes are an ordinary input, shapes are computed on the way, constants beforehand", async () => {
  using model = await importOnnx(
    onnx({
      nodes: [
        { op: "Cast", in: ["x"], out: ["f"], attributes: { to: 1 } },
        { op: "Shape", in: ["f"], out: ["s"] },
        { op: "Gather", in: ["s", "zero"], out: ["n"], attributes: { axis: 0 } },
        { op: "Mul", in: ["two", "three"], out: ["six"] },
        { op: "Concat", in: ["n", "six"], out: ["to"], attributes: { axis: 0 } },
        { op: "Reshape", in: ["f", "to"], out: ["y"] },
      ],
      inputs: { x: ["n", 3, 2] },
      types: { x: "UINT8" },
      outputs: { y: ["n", 6] },
      weights: { zero: longs([0]), two: longs([2]), three: longs([3]) },
    }),
  );
  assert.is(model.ports[0]!.content, undefined);
  assert.equal((await model.predict(range(5, 3, 2))).shape, [5, 6]);
});

test("a branch is taken where its condition is known", async () => {
  const branch = (op: string, output: string) => ({
    node: [{ opType: op, input: ["x"], output: [output] }],
    output: [{ name: output }],
  });
  const draft = (condition: string): ModelDraft => ({
    nodes: [
      { op: "Shape", out: ["s"] },
      { op: "Gather", in: ["s", "place"], out: ["n"] },
      { op: "Equal", in: ["n", "two"], out: ["shape is 2"] },
      { op: "Exp", out: ["computed"] },
      {
        op: "If",
        name: "choice",
        in: [condition],
        attributes: { then_branch: branch("Neg", "a"), else_branch: branch("Abs", "b") },
      },
    ],
    inputs: { x: ["n", "c"] },
    outputs: { y: ["n", "c"] },
    weights: { place: longs([1], []), two: longs([2], []) },
  });
  using model = await importOnnx(onnx(draft("shape is 2")), { shapes: { x: [1, 2] } });
  assert.equal([...(await model.predict(tensor([[3, -4]]))).data], [-3, 4]);
  using other = await importOnnx(onnx(draft("shape is 2")), { shapes: { x: [1, 3] } });
  assert.equal([...(await other.predict(tensor([[3, -4, 5]]))).data], [3, 4, 5]);
  await rejectsMessage(
    () => importOnnx(onnx(draft("computed")), { shapes: { x: [1, 2] } }),
    /"choice" \(If, opset 13\): its condition is computed by the network, which is not supported.*torch\.jit\.trace/,
  );
});

test("a batch of fixed size follows the batch that is given where it is free", async () => {
  const draft: ModelDraft = {
    nodes: [
      { op: "Reshape", in: ["x", "s"], out: ["f"] },
      { op: "Gemm", in: ["f", "w"], out: ["y"] },
    ],
    inputs: { x: [1, 2, 3] },
    outputs: { y: [1, 2] },
    weights: { s: longs([1, -1]), w: floats([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [6, 2]) },
  };
  for (const batch of ["declared", "free"] as const) {
    using model = await importOnnx(onnx(draft), { batch });
    assert.is(model.ports[0]!.batch, batch === "free" ? true : 1);
    const y = await model.predict(range(3, 2, 3));
    assert.equal(y.shape, [3, 2]);
    assert.equal([...y.data], [0, 5, 6, 11, 12, 17]);
  }
});

test("weights keep their names, and tiny constants are part of the network", async () => {
  using model = await importOnnx(
    onnx({
      nodes: [
        { op: "Conv", in: ["x", "conv.weight", "conv.bias"], out: ["a"], name: "conv" },
        { op: "Mul", in: ["a", "half"], out: ["b"] },
        { op: "BatchNormalization", in: ["b", "scale", "conv.bias", "mean", "var"], out: ["c"] },
        { op: "Sub", in: ["c", "picture"], out: ["y"] },
      ],
      inputs: { x: [1, 1, 9, 9] },
      outputs: { y: [1, 2, 9, 9] },
      weights: {
        "conv.weight": floats([1, 2], [2, 1, 1, 1]),
        "conv.bias": floats([0, 1]),
        half: floats([0.5], []),
        scale: floats([1, 1]),
        mean: floats([0, 0]),
        var: floats([1, 1]),
        picture: floats(Array<number>(81).fill(3), [9, 9]),
        unused: floats([1, 2, 3]),
      },
    }),
  );
  assert.equal([...model.stateDict().keys()].sort(), [
    "conv.bias",
    "conv.weight",
    "mean",
    "picture",
    "scale",
    "var",
  ]);
  assert.equal(
    model.parameters().map(({ name }) => name),
    ["conv.weight", "conv.bias", "scale"],
  );
  const y = await model.predict(range(1, 1, 9, 9));
  // Twice x + 1, halved, + 1 - 3.
  assert.ok(Math.abs(y.at(0, 1, 0, 5) - (5.5 / Math.sqrt(1 + 1e-5) + 1 - 3)) < 1e-5);
});

test("a weight that the file only gives another shape keeps its name and shape", async () => {
  using model = await importOnnx(
    onnx({
      nodes: [
        { op: "Unsqueeze", in: ["prelu.weight", "pixels"], out: ["slope"] },
        { op: "Identity", in: ["prelu.weight"], out: ["norm.weight"] },
        { op: "Unsqueeze", in: ["norm.weight", "pixels"], out: ["scale"] },
        { op: "PRelu", in: ["x", "slope"], out: ["a"] },
        { op: "Mul", in: ["a", "scale"], out: ["y"] },
      ],
      inputs: { x: [1, 2, 1, 2] },
      outputs: { y: [1, 2, 1, 2] },
      weights: { "prelu.weight": floats([2, 3]), pixels: longs([1, 2]) },
    }),
  );
  assert.equal(
    model.parameters().map(({ name, shape }) => [name, shape]),
    [
      ["prelu.weight", [2]],
      ["norm.weight", [2]],
    ],
  );
  const y = await model.predict(new Tensor(Float32Array.of(1, -1, 1, -1), [1, 2, 1, 2]));
  assert.equal([...y.data], [2, -4, 3, -9]);
});

test("a class token is trained, and follows the batch: also in files for a batch of one, and out again", async () => {
  for (const sizes of [
    ["n", 2, 2],
    [1, 2, 2],
  ]) {
    using model = await importOnnx(
      onnx({
        nodes: [
          ...(sizes[0] === "n"
            ? [
                { op: "Shape", in: ["x"], out: ["s"] },
                { op: "Gather", in: ["s", "zero"], out: ["n"] },
                { op: "Concat", in: ["n", "rest"], out: ["to"], attributes: { axis: 0 } },
                { op: "Expand", in: ["token", "to"], out: ["tokens"] },
              ]
            : [{ op: "Identity", in: ["token"], out: ["tokens"] }]),
          { op: "Concat", in: ["tokens", "x"], out: ["y"], attributes: { axis: 1 } },
        ],
        inputs: { x: sizes },
        outputs: { y: [sizes[0]!, 3, 2] },
        weights: { token: floats([8, 9], [1, 1, 2]), zero: longs([0]), rest: longs([1, 2]) },
      }),
      { batch: "free" },
    );
    assert.is(model.parameterCount, 2);
    const x = range(2, 2, 2);
    const expected = [8, 9, 0, 1, 2, 3, 8, 9, 4, 5, 6, 7];
    assert.equal([...(await model.predict(x)).data], expected);
    using again = await importOnnx(exportOnnx(model));
    assert.equal([...(await again.predict(x)).data], expected);
  }
});

test("where a file for a fixed batch cannot follow another, the error says how to export it", async () => {
  const draft: ModelDraft = {
    nodes: [{ op: "Reshape", in: ["x", "s"], out: ["y"] }],
    inputs: { x: [1, 4] },
    outputs: { y: [1, 2, 2] },
    weights: { s: longs([2, 1, 2]) },
  };
  using model = await importOnnx(onnx({ ...draft, outputs: { y: [1, 2, 2] } }), { batch: "free" });
  await rejectsMessage(
    () => model.predict(range(3, 4)),
    /cannot become.*exported for a batch of 1, and has one of 3 here.*dynamic_axes=\{"x": \{0: "batch"\}\}/,
  );
});

test("constants that are cast to half precision are rounded to it", async () => {
  // Exact, a tie to the even one below and above, beyond the largest, below the least, and the sign.
  const values = [1.5, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 65520, 2 ** -26, -(1 + 2 ** -9)];
  const half = [1.5, 1, 1 + 2 ** -9, Infinity, 0, -(1 + 2 ** -9)];
  const brain = [1.5, 1, 1, 65536, 2 ** -26, -1];
  for (const [to, expected] of [
    [10, half],
    [16, brain],
  ] as const) {
    using model = await importOnnx(
      onnx({
        nodes: [
          { op: "Cast", in: ["w"], out: ["h"], attributes: { to } },
          { op: "Cast", in: ["h"], out: ["f"], attributes: { to: 1 } },
          { op: "Add", in: ["x", "f"], out: ["y"] },
        ],
        inputs: { x: [1, 6] },
        outputs: { y: [1, 6] },
        weights: { w: floats(values) },
      }),
    );
    assert.equal([...(await model.predict(new Tensor(new Float32Array(6), [1, 6]))).data], expected);
  }
});

test("numbers in other files are given by a function, which sees only names within the model's folder", async () => {
  const external = (entries: Record<string, string>) =>
    onnx({
      nodes: [{ op: "Add", in: ["x", "w"] }],
      graph: {
        initializer: [
          {
            name: "w",
            dims: [1, 2],
            dataType: 1,
            dataLocation: 1,
            externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
          },
        ],
      },
    });
  const asked: string[] = [];
  const bytes = new Uint8Array(Float32Array.of(9, 9, 9, 10, 20).buffer);
  const externalData = (name: string) => {
    asked.push(name);
    return bytes;
  };
  using model = await importOnnx(external({ location: "a/weights.bin", offset: "12", length: "8" }), {
    externalData,
  });
  assert.equal([...(await model.predict(tensor([[1, 2]]))).data], [11, 22]);
  assert.equal(asked, ["a/weights.bin"]);

  const wrong = (entries: Record<string, string>, pattern: RegExp) =>
    rejectsMessage(() => importOnnx(external(entries), { externalData }), pattern);
  for (const location of [
    "../w",
    "a/../../w",
    "/etc/passwd",
    "C:\\w",
    "..\\w",
    "https://example.org/w",
    "\\\\host\\w",
  ]) {
    await wrong({ location }, /"w" lies in ".*", which is outside the model's folder/);
  }
  assert.is(asked.length, 1);
  await wrong({}, /does not say in which/);
  await wrong({ location: "w", offset: "-1" }, /its offset in "w" is -1/);
  await wrong(
    { location: "w", offset: "16", length: "8" },
    /bytes 16 to 24 of "w" are wanted, which has only 20/,
  );
  await wrong({ location: "w", length: "4" }, /1 values do not fill the shape \[1,2\]/);
  await rejectsMessage(
    () => importOnnx(external({ location: "w" })),
    /lies in another file, "w".*externalData/,
  );
  await rejectsMessage(
    () => importOnnx(external({ location: "w" }), { externalData: (() => "text") as never }),
    /externalData gave no bytes .* for "w"/,
  );
});

test.run();
