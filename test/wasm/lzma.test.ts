import packed from "wasm:packed";
import relaxed from "wasm:relaxed";
import simd from "wasm:simd";
import { unpackLzma } from "../../src/wasm/lzma.js";
import { fixture } from "../harness/fixture.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("lzma");

test("both builds come out byte by byte, from little", () => {
  const ends = [simd.length, simd.length + relaxed.length];
  assert.equal([...new Uint32Array(packed.slice(0, 8).buffer)], ends);
  const stream = packed.subarray(8);
  assert.equal(unpackLzma(stream, ends[0]!), simd);
  assert.equal(unpackLzma(stream, ends[1]!).subarray(ends[0]), relaxed);
  assert.ok(packed.length < simd.length / 3, `${packed.length} bytes`);
});

/** As in test/goldens/lzma_stream.py. */
function sample(): number[] {
  let state = 1;
  const below = (limit: number): number => {
    state = (state * 75 + 74) % 65537;
    return state % limit;
  };
  const out: number[] = [];
  let ways = [1, 2, 3, 4];
  for (let run = 0; run < 200; run++) {
    for (let count = 1 + below(5); count > 0; count--) out.push(below(256));
    if (below(2) === 0) {
      const power = 4 ** (1 + below(8));
      ways = [1 + below(Math.min(out.length, power)), ...ways.slice(0, 3)];
    }
    const way = Math.min(ways[below(4)]!, out.length);
    for (let count = 1 + below([3, 20, 400][run % 3]!); count > 0; count--) out.push(out[out.length - way]!);
  }
  return out;
}

test("a stream of liblzma, with copies of every kind, whole and its beginning", async () => {
  const stream = await fixture("wasm/stream.lzma");
  const expected = Uint8Array.from(sample());
  assert.ok(expected.length > 2 ** 13, `${expected.length} bytes`);
  assert.equal(unpackLzma(stream, expected.length), expected);
  for (const length of [0, 1, 2, 1000])
    assert.equal(unpackLzma(stream, length), expected.subarray(0, length));
});

test.run();
