import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import { init } from "featuremap";

/** What a number is worth nothing without. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  readonly relaxedSimd: boolean;
  readonly featuremap: string;
  /** Processes that wanted a core over the last minute, before the measurements. */
  readonly load: number;
}

export async function machine(): Promise<Machine> {
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    relaxedSimd: (await init()).relaxed,
    featuremap: manifest.version,
    load: loadavg()[0]!,
  };
}

export function describe(facts: Machine): string {
  const simd = facts.relaxedSimd
    ? "relaxed SIMD with fused multiply-add"
    : "plain SIMD without fused multiply-add";
  const lines = [
    `${facts.cpu}, ${facts.cores} cores, ${facts.memoryGiB} GiB, ${facts.system}`,
    `Node ${facts.node} (V8 ${facts.v8}), ${simd}; featuremap ${facts.featuremap}`,
  ];
  if (facts.load > facts.cores / 4) {
    lines.push(`The machine is busy: ${facts.load.toFixed(1)} processes wanted a core during the last minute.`);
  }
  return lines.join("\n");
}
