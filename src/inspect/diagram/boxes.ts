import type { Block } from "./blocks.js";
import { type Branches, type Item, isBranches } from "./flow.js";
import type { Unit } from "./units.js";

/** Where a unit lies: x is where its arrow begins to be its own, `blockX` the left of its front; y is the middle. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly blockX: number;
  /** Where arrows leave. */
  readonly end: number;
  /** The way to it from a row above: down at x, back to the left at y. */
  readonly wrap: Wrap | undefined;
}

/** A way back to the left: down at x, then along y. */
export interface Wrap {
  readonly x: number;
  readonly y: number;
}

/** How an edge passes over branches: along y from `left` on, where `wrap` leads if it comes from a row above. */
export interface Over {
  readonly y: number;
  readonly left: number;
  readonly wrap: Wrap | undefined;
}

/** What is placed: every unit, and the edges that pass over others, by the unit they lead to and that they come from. */
export interface Places {
  readonly spots: Map<Unit, Spot>;
  readonly overs: Map<Unit, Map<Unit, Over>>;
}

/** Something with room around a line through its middle, that can be put anywhere. */
interface Box {
  readonly width: number;
  readonly above: number;
  readonly below: number;
  place(x: number, y: number, wrap: Wrap | undefined, ends: Ends): void;
}

/** The units before and behind. */
interface Ends {
  readonly fork: Unit | undefined;
  readonly join: Unit | undefined;
}

/** What a unit looks like. */
export interface Face {
  readonly block: Block;
  /** Written over the arrow before the block. */
  readonly lines: readonly string[];
  readonly label: string;
  /** Pixels of it in all. */
  readonly width: number;
}

export const LINE = 13;
/** Between a block and the arrow that leaves it. */
export const GAP = 3;
const ROW_GAP = 30;
const LANE_GAP = 12;
/** Room for arrows to turn before and behind branches. */
const TURN = 18;
/** So far before a unit arrows to it turn. */
export const BEND = 10;
const OVER = 16;

/** Places the items in rows of at most `width` pixels, from x and y on; returns where they end. */
export function placeItems(
  items: readonly Item[],
  faces: ReadonlyMap<Unit, Face>,
  places: Places,
  { x, y, width }: { x: number; y: number; width: number },
): { width: number; bottom: number } {
  const box = sequence(items, faces, places, width);
  box.place(x, y + box.above, undefined, { fork: undefined, join: undefined });
  return { width: box.width, bottom: y + box.above + box.below };
}

function unitBox(unit: Unit, face: Face, { spots }: Places): Box {
  const { block, lines, width } = face;
  const half = (block.height + block.backY) / 2;
  const join = unit.join === undefined ? 0 : 12;
  return {
    width,
    above: Math.max(half, join + lines.length * LINE + 6),
    below: half + 16,
    place(x, y, wrap) {
      const blockX = x + width - GAP - block.width - block.backX;
      spots.set(unit, { x, y, blockX, end: x + width, wrap });
    },
  };
}

function branchesBox(
  { lanes, skip }: Branches,
  faces: ReadonlyMap<Unit, Face>,
  places: Places,
  most: number,
): Box {
  const boxes = lanes.map((lane) => sequence(lane, faces, places, most - 2 * TURN));
  const over = skip === "over" ? OVER : 0;
  const tops: number[] = [];
  let height = 0;
  for (const box of boxes) {
    tops.push(height + box.above);
    height += box.above + box.below + LANE_GAP;
  }
  height -= LANE_GAP;
  // A lane by itself, or what goes through, stays on the line.
  const middle = boxes.length === 1 || skip === "through" ? tops[0]! : height / 2;
  return {
    width: Math.max(...boxes.map((box) => box.width)) + 2 * TURN,
    above: middle + over,
    below: height - middle,
    place(x, y, wrap, ends) {
      for (const [i, box] of boxes.entries()) box.place(x + TURN, y - middle + tops[i]!, wrap, ends);
      const { fork, join } = ends;
      if (skip !== "over" || !fork || !join) return;
      const known = places.overs.get(join) ?? new Map<Unit, Over>();
      places.overs.set(join, known.set(fork, { y: y - middle - OVER / 2, left: x + TURN - BEND, wrap }));
    },
  };
}

/** Items from left to right, in several rows where they are too many for one. */
function sequence(items: readonly Item[], faces: ReadonlyMap<Unit, Face>, places: Places, most: number): Box {
  const boxes = items.map((item) =>
    isBranches(item) ? branchesBox(item, faces, places, most) : unitBox(item, faces.get(item)!, places),
  );
  const rows: { box: Box; item: Item }[][] = [[]];
  let width = 0;
  for (const [i, item] of items.entries()) {
    const box = boxes[i]!;
    // Where branches come together stays beside them if it can.
    const behind = isBranches(item) ? (boxes[i + 1]?.width ?? 0) : 0;
    const need = box.width + (box.width + behind <= most ? behind : 0);
    if (width + need > most && rows.at(-1)!.length > 0) {
      rows.push([]);
      width = 0;
    }
    rows.at(-1)!.push({ box, item });
    width += box.width;
  }
  const sizes = rows.map((row) => ({
    width: row.reduce((sum, { box }) => sum + box.width, 0),
    above: Math.max(8, ...row.map(({ box }) => box.above)),
    below: Math.max(8, ...row.map(({ box }) => box.below)),
  }));
  const height = sizes.reduce((sum, { above, below }) => sum + above + below + ROW_GAP, -ROW_GAP);
  return {
    width: Math.max(...sizes.map((size) => size.width)),
    above: sizes[0]!.above,
    below: height - sizes[0]!.above,
    place(x, y, wrap, ends) {
      let line = y;
      let from = wrap;
      const all = rows.flat();
      rows.forEach((row, i) => {
        const { above } = sizes[i]!;
        if (i > 0) {
          line += sizes[i - 1]!.below + ROW_GAP + above;
          from = { x: x + sizes[i - 1]!.width + 8, y: line - above - ROW_GAP / 2 };
        }
        let at = x;
        for (const entry of row) {
          const index = all.indexOf(entry);
          const before = all[index - 1]?.item;
          const behind = all[index + 1]?.item;
          entry.box.place(at, line, entry === row[0] ? from : undefined, {
            fork: index === 0 ? ends.fork : before && !isBranches(before) ? before : undefined,
            join: index === all.length - 1 ? ends.join : behind && !isBranches(behind) ? behind : undefined,
          });
          at += entry.box.width;
        }
      });
    },
  };
}
