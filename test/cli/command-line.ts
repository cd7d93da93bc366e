// Calls of the built command line.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Image, resize } from "../../src/image/index.js";
import "../../src/wasm/inline.js";
import { assert, type suite } from "../harness/suite.js";

/** A small training on digits. */
export const tiny = "--data mnist --limit 320 --epochs 2 --threads 2".split(" ");

const { NO_COLOR: _no, FORCE_COLOR: _force, ...environment } = process.env;

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command line `cli`, called in a folder that is there while the tests of the suite run. */
export function commandLine(test: ReturnType<typeof suite>, cli: string) {
  let folder = "";
  test.before(() => {
    folder = mkdtempSync(join(tmpdir(), "featuremap-cli-"));
  });
  test.after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]): Result => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
      cwd: folder,
      encoding: "utf8",
      env: environment,
    });
    return { code: status, out: stdout, err: stderr };
  };

  const succeeds = (...args: string[]): string => {
    const { code, out, err } = run(...args);
    assert.is(code, 0, err);
    assert.is(err, "", "no progress where standard error is not a terminal");
    return out;
  };

  /** The call ends with the code and one line on standard error, which is given. */
  const fails = (code: number, ...args: string[]): string => {
    const result = run(...args);
    assert.is(result.code, code, result.err);
    assert.match(result.err, /^error: /);
    assert.not.match(result.err, /\n\s+at /, "a stack");
    return result.err.trim();
  };

  /** File of the weights that the suite's tests share, trained a little at first use. */
  let weights: string | undefined;
  const trained = (): string => {
    if (weights === undefined) {
      succeeds("train", "lenet5", ...tiny, "--out", "shared.safetensors");
      weights = "shared.safetensors";
    }
    return weights;
  };

  return {
    environment,
    fails,
    /** The folder. */
    here: (): string => folder,
    path: (name: string): string => join(folder, name),
    run,
    succeeds,
    trained,
  };
}

/** Three strokes on a ground, as a digit might look. */
export function drawing(size: number, stroke: number, ground: number): Image {
  const image = { width: 28, height: 28, channels: 1 as const, data: new Uint8Array(28 * 28).fill(ground) };
  for (let y = 5; y < 23; y++) {
    for (let x = 6; x < 22; x++)
      if (y < 8 || Math.abs(22 - x - (y - 5) * 0.6) < 2) image.data[y * 28 + x] = stroke;
  }
  return resize(image, { width: size, height: size });
}
