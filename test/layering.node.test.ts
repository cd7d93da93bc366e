import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { assert, suite } from "./harness/suite.js";

/** Imports point downwards in this list, never up. What shares a line may import each other. */
const layers = [
  ["cli"],
  ["inspect"],
  ["zoo"],
  ["onnx"],
  ["train"],
  ["data"],
  ["image"],
  ["functional"],
  ["layers"],
  ["weights"],
  ["graph"],
  ["ops"],
  ["wasm"],
  ["platform"],
  ["tensor", "errors", "random"],
];

/** They put the pieces together: they may import from everywhere, and only the command line imports them. */
const entries = ["index", "api", "external", "bundle", "bundle-all"];

const level = (unit: string) =>
  entries.includes(unit) ? 0.5 : layers.findIndex((units) => units.includes(unit));

/** The folder of src/ that a path relative to src/ is in, or the name of a file directly in src/. */
const unitOf = (path: string) => path.split("/")[0]!.replace(/\.(d\.)?[jt]s$/, "");

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => ({ file, unit: unitOf(file), text: readFileSync(`src/${file}`, "utf8") }));

const importsOf = (text: string) =>
  [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)"([^"]+)"/g)].map((match) => match[1]!);

const withoutComments = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");

const test = suite("layering");

test("every folder of src has its place in the list", () => {
  const strangers = files.map(({ unit }) => unit).filter((unit) => level(unit) < 0);
  assert.equal([...new Set(strangers)], []);
});

test("imports point downwards", () => {
  const upward: string[] = [];
  for (const { file, unit, text } of files) {
    if (entries.includes(unit)) continue;
    for (const path of importsOf(text)) {
      const target = path.startsWith("#") ? "platform" : unitOf(posix.join(posix.dirname(file), path));
      if (!/^[.#]/.test(path)) continue;
      if (posix.join("src", posix.dirname(file), path).split("/")[0] === "build") continue;
      if (target !== unit && (level(target) < 0 || level(target) < level(unit)))
        upward.push(`${file} imports ${path}`);
    }
  }
  assert.equal(upward, []);
});

test("only src/wasm knows WebAssembly", () => {
  const others = files.filter(
    ({ unit, text }) => unit !== "wasm" && /\bWebAssembly\b/.test(withoutComments(text)),
  );
  assert.equal(
    others.map(({ file }) => file),
    [],
  );
});

test("only src/platform and src/cli import from node:", () => {
  const others = files.filter(
    ({ unit, text }) =>
      !["platform", "cli"].includes(unit) && importsOf(text).some((path) => path.startsWith("node:")),
  );
  assert.equal(
    others.map(({ file }) => file),
    [],
  );
});

test.run();
