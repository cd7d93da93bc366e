// The debug build, with which every op is tested, refuses what the release builds take on trust.

import debug from "wasm:debug";
import worker from "worker:inline";
import { Runtime } from "../../src/wasm/runtime.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("assertions of the debug build");

const on = new Runtime(debug, worker, { threads: 1, relaxed: false });
const relu = on.kernels[on.kernelIndex("relu", 2)]!;

/** A view's description in memory: [1, 8, 1, 4], changed as told. */
function view(changes: Partial<Record<"data" | "blocks" | "h", number>> = {}): number {
  const { address } = on.heap.allocate(4096, "A test");
  const { data = address + 64, blocks = 1, h = 1 } = changes;
  new Int32Array(on.heap.memory.buffer).set([data, 1, 8, blocks, h, 4, 128, 128, 128, 32], address / 4);
  return address;
}

test("a view and a range that fit are taken", () => relu(view(), view(), 0, 1));

test("a range beyond the units traps", () => {
  assert.throws(() => relu(view(), view(), 0, 2), /unreachable/);
});

test("a view that is empty, too small for its channels, nowhere or beyond the memory traps", () => {
  for (const wrong of [{ h: 0 }, { blocks: 0 }, { data: 0 }, { data: 0x7fff0000 }]) {
    assert.throws(() => relu(view(), view(wrong), 0, 1), /unreachable/, JSON.stringify(wrong));
  }
});

test.run();
