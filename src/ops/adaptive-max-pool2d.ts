import { check } from "../errors.js";
import { range } from "./axes.js";
import { maxPool2d } from "./max-pool2d.js";
import { type GraphWriter, sizes4, type Value } from "./op.js";
import { resized2d, type Taps } from "./resample.js";
import { checkRank } from "./shape.js";

/** Windows of one size, one after the other. */
interface Windows {
  readonly size: number;
  /** The pixels that they are laid out of; null where those of the input do. */
  readonly taps: Taps | null;
}

/** Window i of `count` over `size` pixels: from floor(i size / count) to ceil((i + 1) size / count). */
function windowsOf(size: number, count: number): Windows {
  if (size % count === 0) return { size: size / count, taps: null };
  const starts = range(count).map((i) => Math.floor((i * size) / count));
  const ends = range(count).map((i) => Math.ceil(((i + 1) * size) / count));
  const longest = Math.max(...ends.map((end, i) => end - starts[i]!));
  // Where a window is shorter than others, its last pixel once more changes nothing.
  const places = starts.flatMap((start, i) => range(longest).map((k) => Math.min(start + k, ends[i]! - 1)));
  return { size: longest, taps: places.map((index) => [{ index, weight: 1 }]) };
}

/**
 * The largest pixels of oh x ow windows that share x [n, c, h, w] or [n, c, l] among them; with 1 x 1, the largest of each
 * channel.
 */
export function adaptiveMaxPool2d(graph: GraphWriter, x: Value, oh: number, ow: number): Value {
  checkRank("adaptiveMaxPool2d", x, [3, 4], "[n, c, h, w], or [n, c, l] for one dimension");
  check(
    [oh, ow].every((size) => Number.isInteger(size) && size >= 1) && (oh === 1 || x.shape.length === 4),
    () =>
      `adaptiveMaxPool2d: the output size is ${oh}x${ow}; it must be whole numbers of 1 or more, for [n, c, l] with ` +
      "height 1.",
  );
  const [, , h, w] = sizes4(x.shape);
  const [rows, columns] = [windowsOf(h, oh), windowsOf(w, ow)];
  const [kh, kw] = [rows.size, columns.size];
  const padding = { top: 0, left: 0, bottom: 0, right: 0 };
  const attrs = { kh, kw, sh: kh, sw: kw, dh: 1, dw: 1, ...padding, ceil: false };
  return graph.add(maxPool2d, [resized2d(graph, x, rows.taps, columns.taps)], attrs);
}
