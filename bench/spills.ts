// What V8 makes of the kernels' inner loops: a vector that does not stay in a register is stored and loaded again on every round.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasRelaxedSimd } from "../src/wasm/features.js";
import { table } from "./report.js";

const PRINT = ["--no-liftoff", "--no-wasm-lazy-compilation", "--print-wasm-code"];
/** Loops with fewer multiplications are no microkernels. */
const MULTIPLICATIONS = 6;

interface Instruction {
  readonly address: number;
  readonly text: string;
}

/** Prints the innermost loops of every kernel that multiplies, as this engine compiles the build it would use. */
export function spills(): void {
  const target = hasRelaxedSimd() ? "relaxed" : "simd";
  const folder = mkdtempSync(join(tmpdir(), "featuremap-"));
  const binary = join(folder, "kernels.wasm");
  const text = join(folder, "kernels.wat");
  run([
    "node_modules/assemblyscript/bin/asc.js",
    "--target",
    target,
    "--outFile",
    binary,
    "--textFile",
    text,
  ]);
  const names = [...readFileSync(text, "utf8").matchAll(/^ \(func \$assembly\/kernels\/(\S+)/gm)].map(
    (match) => match[1]!,
  );
  const code = run([...PRINT, "bench/processes/instantiate.mjs", binary]);
  rmSync(folder, { recursive: true });

  const rows = functions(code).flatMap(({ index, instructions }) =>
    innerLoops(instructions)
      .filter((loop) => count(loop, /^v(mulps|fmadd\d*ps)/) >= MULTIPLICATIONS)
      .map((loop) => [
        names[index] ?? `function ${index}`,
        String(loop.length),
        String(count(loop, /^v(mulps|fmadd\d*ps)/)),
        String(count(loop, /xmm.*\[(rbp|rsp)|\[(rbp|rsp).*xmm/)),
        String(count(loop, /^leal /)),
      ]),
  );
  console.log(
    table(
      [`inner loop, ${target} build, V8 ${process.versions.v8}`, "instructions", "multiply", "spills", "lea"],
      rows.sort(byName),
    ),
  );
}

function run(args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`node ${args[0]} failed: ${stderr}`);
  return stdout;
}

const byName = ([a]: string[], [b]: string[]): number => a!.localeCompare(b!);

const count = (loop: readonly string[], pattern: RegExp): number =>
  loop.filter((text) => pattern.test(text)).length;

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
