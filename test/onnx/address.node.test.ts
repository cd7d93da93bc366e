// ONNX files from addresses: fetched, with what lies beside them, and kept.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { relu, sequential } from "../../src/index.js";
import { exportOnnx, importOnnx } from "../../src/onnx/index.js";
import "../../src/wasm/inline.js";
import { readModel } from "../../src/onnx/proto/read.js";
import { tensor } from "../../src/tensor.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";
import { onnx } from "./build.js";

const range = (...shape: number[]) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i),
    shape,
  );

const test = suite("ONNX addresses");

let server: Server;
let asked: string[] = [];
let files: Record<string, Uint8Array> = {};
let cache: string;

test.before(async () => {
  cache = mkdtempSync(join(tmpdir(), "featuremap-"));
  server = createServer(({ url = "" }, answer) => {
    asked.push(url);
    const file = files[url];
    answer.writeHead(file ? 200 : 404, { "content-length": file?.length ?? 0 }).end(file);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
test.after(() => {
  server.close();
  rmSync(cache, { recursive: true });
});

const at = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

test("an address is fetched once and then taken from the cache, with the names of its classes", async () => {
  const network = await sequential({ relu: relu() }).build([2, 3, 3], { classes: ["low", "high"] });
  files = { "/x.onnx": exportOnnx(network, { metadata: { source: "here" } }) };
  network.dispose();
  assert.equal(
    readModel(files["/x.onnx"]!, "x").metadataProps.map(({ key }) => key),
    ["classes", "source"],
  );
  asked = [];
  for (const source of [at("/x.onnx"), new URL(at("/x.onnx"))]) {
    using model = await importOnnx(source, { cache });
    assert.is((await model.predict(range(1, 2, 3, 3))).size, 18);
    assert.equal(model.classes, ["low", "high"]);
  }
  assert.equal(asked, ["/x.onnx"]);
  using named = await importOnnx(at("/x.onnx"), { cache: false, classes: ["a", "b"] });
  assert.equal(named.classes, ["a", "b"]);
  assert.is(asked.length, 2);
  await rejectsMessage(() => importOnnx(at("/x.onnx"), { sha256: "0".repeat(64), cache }), /SHA-256/);
  await rejectsMessage(() => importOnnx(at("/none.onnx"), { cache }), /Cannot fetch .*404/);
});

test("weights beside an address are fetched from there", async () => {
  const bytes = new Uint8Array(Float32Array.of(10, 20).buffer);
  const external = { name: "w", dims: [2], dataType: 1, dataLocation: 1 };
  files = {
    "/folder/m.onnx": onnx({
      nodes: [{ op: "Add", in: ["x", "w"] }],
      inputs: { x: [1, 2] },
      outputs: { y: [1, 2] },
      graph: { initializer: [{ ...external, externalData: [{ key: "location", value: "m.data" }] }] },
    }),
    "/folder/m.data": bytes,
  };
  using model = await importOnnx(at("/folder/m.onnx"), { cache: false });
  assert.equal([...(await model.predict(range(1, 2))).data], [10, 21]);
});

test.run();
