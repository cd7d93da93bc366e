import { readFileSync } from "node:fs";
import { availableParallelism, cpus, platform, release, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
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
  /** Cores that other processes kept busy just before the measurements. */
  readonly busyCores: number;
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
    busyCores: await busyCores(),
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
  if (facts.busyCores > 0.2) {
    lines.push(
      `Other processes keep ${facts.busyCores.toFixed(1)} cores busy: times are too long, and those of several threads much too long.`,
    );
  }
  return lines.join("\n");
}

const WATCHED_MS = 1000;

async function busyCores(): Promise<number> {
  const idle = (): number => cpus().reduce((sum, { times }) => sum + times.idle, 0);
  const before = idle();
  const started = performance.now();
  await sleep(WATCHED_MS);
  return Math.max(0, cpus().length - (idle() - before) / (performance.now() - started));
}
