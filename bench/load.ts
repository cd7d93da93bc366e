import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { resolve } from "node:path";

/** A package that bench/peers/package.json names, installed when it is first asked for. */
export function load<T>(name: string): T {
  execFileSync(process.execPath, ["scripts/peers.mjs"], { stdio: "inherit" });
  return createRequire(resolve("build/peers/package.json"))(name) as T;
}
