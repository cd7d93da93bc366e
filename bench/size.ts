// Bytes that a page loads.
import { fresh } from "./fresh.js";
import { digits, type Result, table } from "./report.js";

interface File {
  readonly name: string;
  readonly bytes: number;
  readonly gzipped: number;
}

const kb = (bytes: number): number => bytes / 1000;

export async function size(): Promise<Result> {
  const files = fresh<File[]>("size.mjs")[0]!;
  console.log(
    table(
      ["what a page loads", "kB", "gzipped"],
      files.map(({ name, bytes, gzipped }) => [name, digits(kb(bytes)), digits(kb(gzipped))]),
    ),
  );
  return {
    data: files,
    requirements: files
      .filter(({ name }) => name.includes("featuremap.min.js"))
      .map(({ name, gzipped }) => ({
        name: `${name}, gzipped`,
        unit: "kB",
        measured: kb(gzipped),
        atMost: 80,
      })),
  };
}
