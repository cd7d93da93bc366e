// What an engine makes of the processor: a loop of multiply-adds that touches registers alone, as the kernels multiply.
import { quantile } from "../alternate.js";

const ROUNDS = 100_000;

/** Sums that hide latencies, and registers whose products are added to them: all of them stay in registers. */
interface Shape {
  readonly sums: number;
  readonly xs: number;
  readonly ys: number;
}

/** Without fused multiply-add every product is another one, or the engine would form it once; which is best differs. */
const SHAPES: Readonly<Record<"fused" | "plain", readonly Shape[]>> = {
  fused: [{ sums: 12, xs: 2, ys: 1 }],
  plain: [
    { sums: 6, xs: 3, ys: 2 },
    { sums: 9, xs: 3, ys: 3 },
  ],
};

const unsigned = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
const signed = (value: number): number[] =>
  value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
const vector = (items: readonly number[][]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, contents: readonly number[]): number[] => [
  id,
  ...unsigned(contents.length),
  ...contents,
];
const simd = (code: number): number[] => [0xfd, ...unsigned(code)];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];

/** (rounds, x, y) => a lane of the sum of all s, after s = s + x y in each round, for multiples of x and of y in turn. */
function binary(fused: boolean, shape: Shape): Uint8Array<ArrayBuffer> {
  const I32 = 0x7f;
  const F32 = 0x7d;
  const V128 = 0x7b;
  const splat = simd(0x13);
  const add = simd(0xe4);
  const multiply = simd(0xe6);
  const multiplyAdd = simd(0x105);
  const [rounds, x, y] = [0, 1, 2];
  const locals = (first: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => first + i);
  const xs = locals(3, shape.xs);
  const ys = locals(3 + shape.xs, shape.ys);
  const sums = locals(3 + shape.xs + shape.ys, shape.sums);
  const multiples = (of: number, targets: readonly number[]): number[] =>
    targets.flatMap((local, i) => [
      ...[...get(of), ...splat],
      ...(i > 0 ? [...get(targets[i - 1]!), ...add] : []),
      ...set(local),
    ]);
  const step = (sum: number, i: number): number[] => {
    const factors = [...get(xs[i % xs.length]!), ...get(ys[Math.floor(i / xs.length) % ys.length]!)];
    const product = fused ? [] : multiply;
    return [...factors, ...product, ...get(sum), ...(fused ? multiplyAdd : add), ...set(sum)];
  };
  const code = [
    ...multiples(x, xs),
    ...multiples(y, ys),
    ...[0x03, 0x40, ...sums.flatMap(step)],
    ...[...get(rounds), 0x41, ...signed(-1), 0x6a, 0x22, rounds, 0x0d, 0, 0x0b],
    ...sums.flatMap((sum, i) => (i === 0 ? get(sum) : [...get(sum), ...add])),
    ...[...simd(0x1f), 0, 0x0b],
  ];
  const body = [...vector([[...unsigned(xs.length + ys.length + sums.length), V128]]), ...code];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, ...vector([[I32], [F32], [F32]]), ...vector([[F32]])]])),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...vector([[0x70]]), 0, 0]])),
    ...section(10, vector([[...unsigned(body.length), ...body]])),
  ]);
}

const BLOCK = 40;

/** Multiplications and additions in a second, in thousands of millions, the fastest way that this engine has. */
export function peak(): { gflops: number; fused: boolean } {
  const fused = WebAssembly.validate(binary(true, SHAPES.fused[0]!));
  const gflops = SHAPES[fused ? "fused" : "plain"].map((shape) => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary(fused, shape)));
    const loop = exports.p as (rounds: number, x: number, y: number) => number;
    const ms = Array.from({ length: BLOCK }, () => {
      const started = performance.now();
      // So small that sums do not overflow.
      loop(ROUNDS, 0.5, 1e-9);
      return performance.now() - started;
    });
    return (ROUNDS * shape.sums * 8) / quantile(ms.slice(BLOCK / 2), 0.25) / 1e6;
  });
  return { gflops: Math.max(...gflops), fused };
}
