import { check } from "../errors.js";
import { formatShape } from "../tensor.js";
import { toBlocked } from "./dense.js";
import type { GraphWriter, Value } from "./op.js";
import { transposed } from "./rearrange.js";
import { reshaped } from "./reshape.js";
import { checkRank } from "./shape.js";

/**
 * Which channels become neighbours: DCR takes channel (y block + x) c + k for pixel (y, x) of channel k, CRD takes channel
 * (k block + y) block + x, as torch's pixel shuffle does. ONNX's names.
 */
export type DepthMode = "DCR" | "CRD";

function checkBlock(what: string, x: Value, block: number, fits: (block: number) => boolean, must: string) {
  checkRank(what, x, [4], "[n, c, h, w]");
  check(
    Number.isInteger(block) && block >= 1 && fits(block),
    () =>
      `${what}: blocks of ${block}x${block} pixels do not fit the input ${formatShape(x.shape)}; ${must}.`,
  );
}

/** The result in the form that the input has. */
function inFormOf(graph: GraphWriter, x: Value, y: Value): Value {
  return x.form === "blocked" ? toBlocked(graph, y) : y;
}

/** Channels become pixels: [n, c block², h, w] to [n, c, h block, w block]. */
export function depthToSpace(graph: GraphWriter, x: Value, block: number, mode: DepthMode): Value {
  checkBlock(
    "depthToSpace",
    x,
    block,
    (b) => x.shape[1]! % (b * b) === 0,
    `${block * block} must divide the channels`,
  );
  const [n = 1, all = 1, h = 1, w = 1] = x.shape;
  const c = all / (block * block);
  const parts =
    mode === "DCR"
      ? transposed(graph, reshaped(graph, x, [n, block, block, c, h, w]), [0, 3, 4, 1, 5, 2])
      : transposed(graph, reshaped(graph, x, [n, c, block, block, h, w]), [0, 1, 4, 2, 5, 3]);
  return inFormOf(graph, x, reshaped(graph, parts, [n, c, h * block, w * block]));
}

/** Pixels become channels: the inverse of {@link depthToSpace}. ONNX's SpaceToDepth is DCR, torch's pixel unshuffle CRD. */
export function spaceToDepth(graph: GraphWriter, x: Value, block: number, mode: DepthMode = "DCR"): Value {
  checkBlock(
    "spaceToDepth",
    x,
    block,
    (b) => x.shape[2]! % b === 0 && x.shape[3]! % b === 0,
    "they must divide height and width",
  );
  const [n = 1, c = 1, h = 1, w = 1] = x.shape;
  const pixels = reshaped(graph, x, [n, c, h / block, block, w / block, block]);
  const parts = transposed(graph, pixels, mode === "DCR" ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]);
  return inFormOf(graph, x, reshaped(graph, parts, [n, c * block * block, h / block, w / block]));
}
