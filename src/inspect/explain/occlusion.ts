import { check, checkCount, checkOptions, show } from "../../errors.js";
import type { Model, Picture } from "../../layers/model.js";
import { Tensor } from "../../tensor.js";
import { type Baseline, baselineOf } from "./baseline.js";
import { type Explanation, type LongExplainOptions, longExplainOptions } from "./explanation.js";
import { scoresOf } from "./passes.js";
import { sizesOf, subjectOf } from "./subject.js";

export interface OcclusionOptions extends LongExplainOptions {
  /** Pixels of the input that are hidden at once, one number for squares. Default: a seventh of each side. */
  readonly patch?: number | readonly [height: number, width: number];
  /** Pixels from one place of the patch to the next, at most the patch. Default: half of the patch. */
  readonly stride?: number | readonly [down: number, across: number];
  /** What the patch shows. Default 0. */
  readonly fill?: Baseline;
}

export interface Occlusion extends Explanation {
  /** By how much the score drops, for each place of the patch, [rows, columns]. */
  readonly drops: Tensor;
  /** Upper edges of the rows of places, and left edges of the columns, in pixels of the input. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/**
 * By how much the score drops where a patch of the input is hidden (Zeiler and Fergus, 2013). The patch goes from the upper
 * left corner in steps of `stride`, as long as it lies inside; where a rest remains at the right or lower border it is hidden
 * by a last patch that ends there. Each pixel of the map is the mean of the drops of the patches over it: above zero
 * what helps the class, below what speaks against it. A forward pass for each place.
 */
export async function occlusion(
  model: Model,
  input: Tensor | Picture,
  options: OcclusionOptions = {},
): Promise<Occlusion> {
  const what = "occlusion";
  checkOptions(what, options, [...longExplainOptions, "patch", "stride", "fill"]);
  const subject = await subjectOf(what, model, input, options);
  const { data } = subject.input;
  const [c, h, w] = sizesOf(subject.input);
  const [ph, pw] = pair(`${what}: patch`, options.patch, [h, w], (side) => Math.ceil(side / 7));
  const [sh, sw] = pair(`${what}: stride`, options.stride, [ph, pw], (side) => Math.ceil(side / 2));
  const { data: fill } = await baselineOf(`${what}: fill`, model, subject.input, options.fill ?? 0);
  const rows = placesOf(h, ph, sh);
  const columns = placesOf(w, pw, sw);
  const write = (i: number, into: Float32Array): void => {
    into.set(data);
    const [top, left] = [rows[Math.floor(i / columns.length)]!, columns[i % columns.length]!];
    for (let channel = 0; channel < c; channel++) {
      for (let y = top; y < top + ph; y++) {
        const start = (channel * h + y) * w + left;
        into.set(fill.subarray(start, start + pw), start);
      }
    }
  };
  const scores = await scoresOf(subject, { count: rows.length * columns.length, write }, options);
  const drops = Float32Array.from(scores, (score) => subject.score - score);
  const sums = new Float64Array(h * w);
  const counts = new Uint32Array(h * w);
  for (const [i, drop] of drops.entries()) {
    const [top, left] = [rows[Math.floor(i / columns.length)]!, columns[i % columns.length]!];
    for (let y = top; y < top + ph; y++) {
      for (let x = left; x < left + pw; x++) {
        sums[y * w + x]! += drop;
        counts[y * w + x]!++;
      }
    }
  }
  return {
    method: "Occlusion",
    text: `By how much the score drops where a patch of ${ph} × ${pw} pixels hides the picture.`,
    map: new Tensor(
      Float32Array.from(sums, (sum, i) => sum / counts[i]!),
      [h, w],
    ),
    unit: "drop of the score",
    score: subject.score,
    target: subject.target,
    drops: new Tensor(drops, [rows.length, columns.length]),
    rows,
    columns,
  };
}

/** Two lengths, each from 1 to the side of its own. */
function pair(
  what: string,
  given: number | readonly [number, number] | undefined,
  most: readonly [number, number],
  usual: (side: number) => number,
): readonly [number, number] {
  if (given === undefined) return [usual(most[0]), usual(most[1])];
  const both = typeof given === "number" ? ([given, given] as const) : given;
  check(
    Array.isArray(both) && both.length === 2,
    () => `${what} is ${show(given)}; it must be a number, or [down, across].`,
  );
  for (const i of [0, 1] as const) checkCount(what, both[i], 1, most[i]);
  return both;
}

/** Where a patch begins along a side: at every stride, and at the end. */
function placesOf(side: number, patch: number, stride: number): number[] {
  const places: number[] = [];
  for (let place = 0; place + patch <= side; place += stride) places.push(place);
  if (places.at(-1)! + patch < side) places.push(side - patch);
  return places;
}
