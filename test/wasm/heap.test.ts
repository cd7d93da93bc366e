import fc from "fast-check";
import { FeatureMapError } from "../../src/errors.js";
import { type Block, formatBytes, Heap } from "../../src/wasm/heap.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("heap");

const START = 1024;
const PAGE = 65536;
const heapOf = (maximum = 200) =>
  new Heap(new WebAssembly.Memory({ initial: 1, maximum }), START, maximum * 65536);
const bytesOf = (heap: Heap, { address, bytes }: Block) => new Uint8Array(heap.memory.buffer, address, bytes);

/** Allocate so many bytes, or free one of the blocks there are. */
const actions = fc.array(
  fc.oneof(
    fc.record({ allocate: fc.oneof(fc.nat(300), fc.nat(40_000)) }),
    fc.record({ free: fc.nat(1_000_000) }),
  ),
  { maxLength: 60 },
);

test("blocks hold what was asked for, begin on cache lines, are zeroed and never overlap", () => {
  fc.assert(
    fc.property(actions, (list) => {
      const heap = heapOf();
      const blocks: { block: Block; mark: number }[] = [];
      let mark = 0;
      for (const action of list) {
        if ("allocate" in action) {
          const block = heap.allocate(action.allocate, "A test");
          mark = (mark % 255) + 1;
          assert.ok(block.bytes >= action.allocate && block.bytes < action.allocate + 64 + 1);
          assert.is(block.address % 64, 0);
          assert.ok(block.address >= START);
          // Kernels may read past the last block.
          assert.ok(block.address + block.bytes + 256 <= heap.memory.buffer.byteLength);
          assert.ok(bytesOf(heap, block).every((byte) => byte === 0));
          bytesOf(heap, block).fill(mark);
          blocks.push({ block, mark });
        } else if (blocks.length > 0) {
          heap.free(blocks.splice(action.free % blocks.length, 1)[0]!.block);
        }
        assert.is(
          heap.usedBytes,
          blocks.reduce((sum, { block }) => sum + block.bytes, 0),
        );
        for (const { block, mark } of blocks) {
          assert.ok(
            bytesOf(heap, block).every((byte) => byte === mark),
            "a block was overwritten",
          );
        }
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});

test("when everything is freed, in whatever order, the whole memory is one piece again", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40_000), { minLength: 1, maxLength: 30 }), fc.nat(), (sizes, seed) => {
      const heap = heapOf();
      const blocks = sizes.map((bytes) => heap.allocate(bytes, "A test"));
      const total = heap.usedBytes;
      const grown = heap.memory.buffer.byteLength;
      for (let i = seed; blocks.length > 0; i = (i * 7919 + 13) % 1_000_003) {
        heap.free(blocks.splice(i % blocks.length, 1)[0]!);
      }
      assert.is(heap.usedBytes, 0);
      const all = heap.allocate(total, "A test");
      assert.is(all.address, START);
      assert.is(heap.memory.buffer.byteLength, grown);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test("the first gap that is large enough is used, and neighbouring gaps become one", () => {
  const heap = heapOf();
  const [a, b, c, d] = [128, 256, 128, 64].map((bytes) => heap.allocate(bytes, "A test"));
  heap.free(a!);
  heap.free(c!);
  assert.is(heap.allocate(192, "A test").address, d!.address + d!.bytes, "no gap holds 192 bytes");
  assert.is(heap.allocate(64, "A test").address, a!.address);
  heap.free(b!);
  // What is left of a, all of b and of c: 64 + 256 + 128.
  assert.is(heap.allocate(448, "A test").address, a!.address + 64);
});

test("a gap is zeroed before it is used again", () => {
  const heap = heapOf();
  const block = heap.allocate(640, "A test");
  heap.allocate(64, "A test");
  bytesOf(heap, block).fill(7);
  heap.free(block);
  assert.ok(bytesOf(heap, heap.allocate(640, "A test")).every((byte) => byte === 0));
});

test("the same blocks over and over leave the memory as large as it was", () => {
  const heap = heapOf();
  let size = 0;
  for (let round = 0; round < 500; round++) {
    const blocks = [70_000, 1000, 30_000, 64].map((bytes) => heap.allocate(bytes, "A test"));
    for (const i of [1, 3, 0, 2]) heap.free(blocks[i]!);
    if (round === 0) size = heap.memory.buffer.byteLength;
  }
  assert.is(heap.memory.buffer.byteLength, size);
  assert.is(heap.usedBytes, 0);
});

test("what does not fit is refused with both sizes and a remedy, and the heap goes on", () => {
  for (const absurd of [PAGE * 10, 2 ** 34, 2 ** 52, Number.POSITIVE_INFINITY]) {
    const heap = heapOf(4);
    const before = heap.allocate(1000, "A test");
    const size = heap.memory.buffer.byteLength;
    let error: unknown;
    try {
      heap.allocate(absurd, "The model's weights");
    } catch (thrown) {
      error = thrown;
    }
    assert.instance(error, FeatureMapError);
    const { message } = error as FeatureMapError;
    assert.match(message, "The model's weights needs");
    assert.match(message, `${formatBytes(before.bytes)} in use`);
    assert.match(message, "dispose of models");
    assert.is(heap.usedBytes, before.bytes);
    assert.is(heap.memory.buffer.byteLength, size);
    const after = heap.allocate(1000, "A test");
    assert.is(after.address, before.address + before.bytes);
    heap.free(after);
    heap.free(before);
    assert.is(heap.allocate(2 * PAGE, "A test").address, START);
  }
});

test("sizes are told in the unit that fits", () => {
  assert.equal([0, 1023, 1024, 1536, 2 ** 20, 2.5 * 2 ** 30].map(formatBytes), [
    "0 bytes",
    "1023 bytes",
    "1.0 KiB",
    "1.5 KiB",
    "1.0 MiB",
    "2.5 GiB",
  ]);
});

test.run();
