// Compiles a module's every function with the optimising compiler, so that V8 prints them. Run with the flags of bench/spills.ts.
import { readFileSync } from "node:fs";

new WebAssembly.Module(readFileSync(process.argv[2]));
