// What V8 makes of the kernels' inner loops: a vector that does not stay in a register is stored and loaded again on every round.
import { hasRelaxedSimd } from "../src/wasm/features.js";
import { loopsOf } from "../test/harness/disassembly.js";
import { table } from "./report.js";

/** Loops with fewer multiplications are no microkernels. */
const MULTIPLICATIONS = 6;

/** Prints the innermost loops of every kernel that multiplies, as this engine compiles the build it would use. */
export function spills(): void {
  const target = hasRelaxedSimd() ? "relaxed" : "simd";
  const rows = loopsOf(target, process.execArgv)
    .filter(({ multiplications }) => multiplications >= MULTIPLICATIONS)
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(({ name, instructions, multiplications, spills, leas }) => [
      name,
      ...[instructions, multiplications, spills, leas].map(String),
    ]);
  const head = [
    `inner loop, ${target} build, V8 ${process.versions.v8}`,
    "instructions",
    "multiply",
    "spills",
    "lea",
  ];
  console.log(table(head, rows));
}
