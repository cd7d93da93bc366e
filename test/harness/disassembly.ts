// What V8 makes of the kernels' inner loops, from its own printer.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An innermost loop of a function, as the optimising compiler has it. */
export interface Loop {
  /** `contract/tile4`: the file under assembly/kernels, and the function. */
  readonly name: string;
  readonly instructions: number;
  readonly multiplications: number;
  /** Vectors that go to the stack or come from there. */
  readonly spills: number;
  /** Additions of addresses. */
  readonly leas: number;
}

const PRINT = ["--no-liftoff", "--no-wasm-lazy-compilation", "--print-wasm-code"];
const COMPILE = "new WebAssembly.Module(require('node:fs').readFileSync(process.argv[1]))";

/** The loops of every kernel of a build that this engine compiles. Relaxed SIMD needs a flag before V8 11.4. */
export function loopsOf(target: "simd" | "relaxed", flags: readonly string[] = []): Loop[] {
  const folder = mkdtempSync(join(tmpdir(), "featuremap-"));
  try {
    const [binary, text] = [join(folder, "kernels.wasm"), join(folder, "kernels.wat")];
    const asc = "node_modules/assemblyscript/bin/asc.js";
    run([asc, "--target", target, "--outFile", binary, "--textFile", text]);
    const names = [...readFileSync(text, "utf8").matchAll(/^ \(func \$(\S+)/gm)].map(([, name]) =>
      name!.replace(/^assembly\/(kernels\/)?/, ""),
    );
    const code = run([...flags, ...PRINT, "-e", COMPILE, binary]);
    return functions(code).flatMap(({ index, instructions }) =>
      innerLoops(instructions).map((loop) => ({
        name: names[index] ?? `function ${index}`,
        instructions: loop.length,
        multiplications: count(loop, /^v(mulps|fmadd\d*ps)/),
        spills: count(loop, /xmm.*\[(rbp|rsp)|\[(rbp|rsp).*xmm/),
        leas: count(loop, /^leal /),
      })),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`node ${args[0]} failed: ${stderr}`);
  return stdout;
}

const count = (loop: readonly string[], pattern: RegExp): number =>
  loop.filter((text) => pattern.test(text)).length;

interface Instruction {
  readonly address: number;
  readonly text: string;
}

function functions(code: string): { index: number; instructions: Instruction[] }[] {
  return code
    .split(/^name: wasm-function/m)
    .slice(1)
    .map((part) => ({
      index: Number(/^index: (\d+)/m.exec(part)![1]),
      instructions: [...part.matchAll(/^\s*0x([0-9a-f]+)\s+[0-9a-f]+\s+[0-9a-f]+\s+(.*)$/gm)].map(
        (match) => ({
          address: Number.parseInt(match[1]!, 16),
          text: match[2]!,
        }),
      ),
    }));
}

/** The instructions between a jump backwards and its target that hold no other such pair. */
function innerLoops(instructions: readonly Instruction[]): string[][] {
  const at = new Map(instructions.map(({ address }, i) => [address, i]));
  const loops: [start: number, end: number][] = [];
  instructions.forEach(({ text }, end) => {
    const target = /^j\w+ 0x([0-9a-f]+)/.exec(text);
    const start = target && at.get(Number.parseInt(target[1]!, 16));
    if (typeof start !== "number" || start > end) return;
    // Code after the function's end that lets the engine interrupt a loop comes back behind its check, not to a loop's start.
    if (/^jna/.test(instructions[start - 1]?.text ?? "")) return;
    loops.push([start, end]);
  });
  return loops
    .filter(([start, end]) => !loops.some(([s, e]) => (s !== start || e !== end) && start <= s && e <= end))
    .map(([start, end]) => instructions.slice(start, end + 1).map(({ text }) => text));
}
