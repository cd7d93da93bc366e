// Bytes that a page loads.
import { fresh } from "./fresh.js";
import { digits, type Result, table } from "./report.js";

interface File {
  readonly name: string;
  readonly bytes: number;
  readonly gzipped: number;
}

/** Most kilobytes, gzipped, by how the names of what they are for begin. */
const limits = { "build/featuremap.min.js": 100, "index alone": 80 };

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
    requirements: Object.entries(limits).map(([start, atMost]) => {
      const { name, gzipped } = files.find((file) => file.name.startsWith(start))!;
      return { name: `${name}, gzipped`, unit: "kB", measured: kb(gzipped), atMost };
    }),
  };
}
