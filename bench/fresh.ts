import { execFileSync } from "node:child_process";

/** Runs one of bench/processes in a fresh Node process; what it prints, one JSON value a line. */
export function fresh<T>(script: string, ...args: string[]): T[] {
  const output = execFileSync(process.execPath, ["--expose-gc", `bench/processes/${script}`, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}
