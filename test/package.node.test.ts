// What a user installs: looked at from outside, through package.json and the files it names.
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { assert, suite } from "./harness/suite.js";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.entries(manifest.exports as Record<string, Record<string, string>>).filter(
  ([name]) => name !== "./package.json",
);
const specifiers = entries.map(([name]) => name.replace(/^\./, "featuremap"));
const built = (folder: string) =>
  readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));

/** A folder with the package installed in it, as seen by a project that depends on it. */
let project: string;

const test = suite("package");

test.before(() => {
  project = mkdtempSync(join(tmpdir(), "featuremap-"));
  mkdirSync(join(project, "node_modules"));
  symlinkSync(process.cwd(), join(project, "node_modules/featuremap"), "junction");
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
});
test.after(() => rmSync(project, { recursive: true, force: true }));

/** Runs a script of the project and gives what it prints. */
function run(file: string, script: string): string {
  writeFileSync(join(project, file), script);
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], { cwd: project, encoding: "utf8" });
  assert.is(status, 0, stderr);
  return stdout.trim();
}

test("every entry point is there for types, Node and browsers, in the order tools need", () => {
  for (const [name, conditions] of entries) {
    assert.equal(Object.keys(conditions), ["types", "node", "default"], name);
    const missing = Object.values(conditions).filter((file) => !existsSync(file));
    assert.equal(missing, [], `${name} names files that the build did not write`);
  }
});

test("import and require give the same library", () => {
  const imports = specifiers.map((name) => `await import("${name}")`).join(", ");
  const requires = specifiers.map((name) => `require("${name}")`).join(", ");
  const script = `import { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    const required = [${requires}];
    const imported = [${imports}];
    console.log(imported.every((library, i) => Object.keys(library).length > 0 && library === required[i]));`;
  assert.is(run("both.js", script), "true");
});

test("importing it leaves nothing behind that keeps a process alive", () => {
  run("imports.js", specifiers.map((name) => `import "${name}";`).join("\n"));
});

test("a script that never heard of its types sees them checked", () => {
  const uses = specifiers.map(
    (name, i) => `import * as m${i} from "${name}";\nexport const k${i} = Object.keys(m${i});`,
  );
  writeFileSync(join(project, "uses.ts"), uses.join("\n"));
  for (const [module, moduleResolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ]) {
    const compilerOptions = {
      target: "es2022",
      lib: ["es2022", "dom", "esnext.disposable"],
      module,
      moduleResolution,
    };
    writeFileSync(
      join(project, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: { ...compilerOptions, types: [], strict: true, noEmit: true },
        files: ["uses.ts"],
      }),
    );
    const tsc = join(process.cwd(), "node_modules/typescript/bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [tsc], { cwd: project, encoding: "utf8" });
    assert.is(status, 0, stdout);
  }
});

test("bundles for browsers import nothing from elsewhere", () => {
  for (const { file, text } of [
    ...built("build/browser"),
    { file: "featuremap.min.js", text: readFileSync("build/featuremap.min.js", "utf8") },
  ]) {
    const imports = [...text.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!);
    assert.equal(
      imports.filter((path) => !path.startsWith("./")),
      [],
      file,
    );
  }
});

test("the library with its WebAssembly fits in 100 KB gzipped", () => {
  const size = gzipSync(readFileSync("build/featuremap.min.js"), { level: 9 }).length;
  assert.ok(size < 100_000, `featuremap.min.js is ${size} bytes gzipped`);
});

test("only what a user needs is published", () => {
  const npm = process.env.npm_execpath;
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const options = { encoding: "utf8" as const, stdio: "pipe" as const };
  const output = npm?.endsWith("js")
    ? execFileSync(process.execPath, [npm, ...args], options)
    : execFileSync("npm", args, { ...options, shell: process.platform === "win32" });
  const files: string[] = JSON.parse(output)[0].files.map(({ path }: { path: string }) => path);
  const strangers = files.filter(
    (path) =>
      !/^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path) &&
      !/^build\/(cli|featuremap\.(min|all\.min|worker))\.js$|^build\/third-party-licences\.txt$|^build\/featuremap\.(simd|relaxed)\.wasm$/.test(
        path,
      ) &&
      !/^build\/(node|browser)\/[^/]+\.js$|^build\/types\/.+\.d\.ts$/.test(path),
  );
  assert.equal(strangers, []);
  assert.ok(files.includes("LICENSE") && files.includes("build/node/index.js"));
  assert.not(manifest.dependencies, "what it needs is bundled");
});

test.run();
