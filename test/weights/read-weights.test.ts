import { tensor } from "../../src/tensor.js";
import { readWeights, type WeightsSource, writeNpy, writeSafetensors } from "../../src/weights/index.js";
import { fixture } from "../harness/fixture.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("readWeights");

const file = writeSafetensors([["w", tensor([1, 2, 3])]], { note: "hello" });

/** A stream of the bytes in small pieces, which counts what is cancelled. */
function stream(bytes: Uint8Array, pieceBytes = 7) {
  const cancelled: unknown[] = [];
  let at = 0;
  const readable = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + pieceBytes));
      at += pieceBytes;
    },
    cancel: (reason) => void cancelled.push(reason),
  });
  return { readable, cancelled };
}

test("bytes of every kind", async () => {
  const shared =
    typeof SharedArrayBuffer === "undefined" ? file : new Uint8Array(new SharedArrayBuffer(file.length));
  shared.set(file);
  const padded = new Uint8Array(file.length + 3);
  padded.set(file, 3);
  const sources: WeightsSource[] = [
    file,
    file.buffer,
    shared,
    padded.subarray(3),
    new Blob([file]),
    new File([file], "mine.safetensors"),
    stream(file).readable,
    new Response(file),
    new Response(file, { headers: { "Content-Length": String(file.length) } }),
  ];
  for (const source of sources) {
    const { tensors, metadata } = await readWeights(source);
    assert.equal([...tensors.get("w")!.data], [1, 2, 3]);
    assert.equal(metadata, { note: "hello" });
  }
});

test("formats are known by their contents", async () => {
  const pth = await readWeights(await fixture("weights/pth/zip-2.pth"));
  assert.ok(pth.tensors.has("0.weight"));
  assert.ok((await readWeights(await fixture("weights/pth/legacy-4.pth"))).tensors.has("0.weight"));
  const npy = await readWeights(writeNpy(tensor([[1, 2]])));
  assert.equal(npy.tensors.get("array")!.shape, [1, 2]);
  for (const name of ["stored", "deflated"]) {
    const { tensors } = await readWeights(await fixture(`weights/${name}.npz`));
    assert.equal([...tensors.keys()], ["a", "layer/b"]);
    assert.equal([...tensors.get("a")!.data], [1.5, -2]);
    assert.equal(tensors.get("layer/b")!.shape, [20, 30]);
    assert.is(tensors.get("layer/b")!.at(19, 29), 599);
  }
});

test("a safetensors file is one whatever the length of its header", async () => {
  // The length stands first, and 0x80 is also how pickles begin.
  for (let length = 1; length < 300; length++) {
    const { metadata } = await readWeights(writeSafetensors([["w", tensor([1])]], { x: "x".repeat(length) }));
    assert.is(metadata.x!.length, length);
  }
});

test("a dictionary of several is chosen by its key", async () => {
  const ema = await fixture("weights/pth/ema.pth");
  await rejectsMessage(readWeights(ema), /Choose one: \{ key: "state_dict_ema" \}/);
  const { tensors } = await readWeights(ema, { key: "state_dict_ema" });
  assert.is(tensors.size, 7);
  await rejectsMessage(
    readWeights(file, { key: "model" }),
    /the option key is for files of torch\.save; this is none/,
  );
});

test("an npz that would unpack without bounds is refused", async () => {
  await rejectsMessage(
    readWeights(await fixture("weights/bomb.npz")),
    /would unpack to 1000128 bytes, more than weights do/,
  );
});

test("a file's float32 numbers are not copied, unless its bytes stay the caller's", async () => {
  const values = Float32Array.from({ length: 9 }, (_, i) => i / 3);
  const two = writeSafetensors([
    ["a", tensor(values, [9])],
    [
      "b",
      tensor(
        values.map((value) => -value),
        [3, 3],
      ),
    ],
  ]);
  const once = (await readWeights(new Blob([two]))).tensors;
  assert.is(once.get("a")!.data.buffer, once.get("b")!.data.buffer);
  assert.equal([once.get("a")!.data, once.get("b")!.at(1, 2)], [values, -values[5]!]);
  // Behind a header of any length: not where float32 numbers can be read in place.
  const data = two.slice(8 + new DataView(two.buffer).getUint32(0, true));
  const header = JSON.stringify({
    a: { dtype: "F32", shape: [9], data_offsets: [0, 36] },
    b: { dtype: "F32", shape: [9], data_offsets: [36, 72] },
  });
  for (let spaces = 0; spaces < 4; spaces++) {
    const text = new TextEncoder().encode(header + " ".repeat(spaces));
    const file = Uint8Array.of(text.length, 0, 0, 0, 0, 0, 0, 0, ...text, ...data);
    const { tensors } = await readWeights(new Blob([file]));
    assert.equal(tensors.get("a")!.data, values);
  }
  const pth = await fixture("weights/pth/ema.pth");
  for (const bytes of [two, pth]) {
    const before = await readWeights(
      new Blob([bytes.slice()]),
      bytes === pth ? { key: "state_dict_ema" } : {},
    );
    const given = bytes.slice();
    const { tensors } = await readWeights(given, bytes === pth ? { key: "state_dict_ema" } : {});
    given.fill(255);
    for (const [name, { data }] of tensors) assert.equal(data, before.tensors.get(name)!.data, name);
  }
});

test("progress of Blobs and streams", async () => {
  const seen: unknown[] = [];
  await readWeights(new Blob([file]), { onProgress: (progress) => seen.push(progress) });
  assert.equal(seen.at(-1), { receivedBytes: file.length, totalBytes: file.length });
  seen.length = 0;
  await readWeights(stream(file).readable, { onProgress: (progress) => seen.push(progress) });
  assert.is(seen.length, Math.ceil(file.length / 7));
  assert.equal(seen.at(-1), { receivedBytes: file.length });
});

test("an abort cancels a stream that never ends, at once and with its reason", async () => {
  const reason = new Error("enough");
  const cancelled: unknown[] = [];
  const silent = new ReadableStream<Uint8Array>({ cancel: (why) => void cancelled.push(why) });
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 10);
  const error = await readWeights(silent, { signal: controller.signal }).catch((thrown) => thrown);
  assert.is(error, reason);
  assert.equal(cancelled, [reason]);
  assert.not(silent.locked);
  await rejectsMessage(readWeights(file, { signal: AbortSignal.abort(reason) }), /^enough$/);
});

test("what fails in a stream or a callback is passed on, and the stream is cancelled", async () => {
  const failing = new ReadableStream<Uint8Array>({
    pull() {
      throw new Error("broken pipe");
    },
  });
  await rejectsMessage(readWeights(failing), /^broken pipe$/);
  const { readable, cancelled } = stream(file);
  const onProgress = () => {
    throw new Error("mine");
  };
  await rejectsMessage(readWeights(readable, { onProgress }), /^mine$/);
  assert.is(cancelled.length, 1);
  const texts = new ReadableStream({ start: (controller) => controller.enqueue("text") });
  await rejectsMessage(readWeights(texts), /a piece of the stream is "text"; it must be a Uint8Array/);
});

test("SHA-256 of any source", async () => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", file));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  await readWeights(file, { sha256 });
  await readWeights(new Blob([file]), { sha256 });
  const changed = file.slice();
  changed[changed.length - 1] = 1;
  await rejectsMessage(
    readWeights(changed, { sha256 }),
    new RegExp(`its SHA-256 is [0-9a-f]{64}, not ${sha256}`),
  );
});

test("what is no source, no option or no weights is an error", async () => {
  await rejectsMessage(readWeights(7 as never), /the source is 7; it must be a path, an address/);
  await rejectsMessage(
    readWeights(file, { sha: "x" } as never),
    /unknown option "sha"\. It takes: onProgress/,
  );
  await rejectsMessage(
    readWeights(file, { cache: 1 } as never),
    /cache is 1; it must be true, false or a folder/,
  );
  await rejectsMessage(readWeights(file, { signal: {} } as never), /signal/);
  await rejectsMessage(
    readWeights(file, { onProgress: 1 } as never),
    /onProgress is 1; it must be a function/,
  );
  await rejectsMessage(readWeights(new Response("", { status: 500 })), /the server answered 500/);
  const response = new Response(file);
  await response.arrayBuffer();
  await rejectsMessage(readWeights(response), /was read before\. Fetch it again/);
  const { readable } = stream(file);
  readable.getReader();
  await rejectsMessage(readWeights(readable), /something else is reading this stream already/);
  const pointer = new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\noid sha256:00");
  await rejectsMessage(readWeights(pointer), /is a text or a page \(it begins with "version https:\/\//);
  const begins = (...bytes: number[]) =>
    readWeights(Uint8Array.from({ length: 50 }, (_, i) => bytes[i] ?? 7));
  await rejectsMessage(begins(0x80, 2, 0x7d, 0x71), /no format that can be read: .* a bare pickle/);
  await rejectsMessage(begins(0x89, 0x48, 0x44, 0x46), /HDF5, as Keras has it/);
  await rejectsMessage(begins(8, 7, 0x12), /use importOnnx/);
  await rejectsMessage(begins(1), /Convert it to safetensors\.$/);
  await rejectsMessage(readWeights(new Uint8Array()), /^The weights file is empty: it has no bytes/);
});

test.run();
