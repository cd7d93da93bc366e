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
  /** The way to it from a row above, if it is the first of its row. */
  readonly wrap: Wrap | undefined;
  readonly row: Row;
  /** The unit before it in its sequence. */
  readonly before: Unit | undefined;
}

/** A row of a sequence. Around it there is room for arrows. */
export interface Row {
  /** Tells sequences apart: how deep in branches, and which. */
  readonly depth: number;
  readonly sequence: object;
  readonly isFirst: boolean;
  /** Above all that stands in it. */
  readonly top: number;
  /** Beside all rows of the sequence. */
  readonly left: number;
  readonly right: number;
  /** The way to the sequence, if it begins a row itself. */
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
  place(x: number, y: number, wrap: Wrap | undefined, around: Around): void;
}

/** The row that something is put into, and the units before and behind. */
interface Around {
  readonly row: Row | undefined;
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
/** Of further rows of a branch. */
const INDENT = 14;

/** Places the items in rows of at most `width` pixels, from x and y on; returns where they end. */
export function placeItems(
  items: readonly Item[],
  faces: ReadonlyMap<Unit, Face>,
  places: Places,
  { x, y, width }: { x: number; y: number; width: number },
): { width: number; bottom: number } {
  const box = sequence(items, faces, places, width, 0);
  box.place(x, y + box.above, undefined, { row: undefined, fork: undefined, join: undefined });
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
    place(x, y, wrap, { row, fork }) {
      const blockX = x + width - GAP - block.width - block.backX;
      spots.set(unit, { x, y, blockX, end: x + width, wrap, row: row!, before: fork });
    },
  };
}

/** With room before it, for arrows from afar to turn. */
function shifted(box: Box, by: number): Box {
  return {
    ...box,
    width: box.width + by,
    place: (x, y, wrap, around) => box.place(x + by, y, wrap, around),
  };
}

function branchesBox(
  { lanes, skip }: Branches,
  faces: ReadonlyMap<Unit, Face>,
  places: Places,
  most: number,
  depth: number,
): Box {
  const boxes = lanes.map((lane) => sequence(lane, faces, places, most - 2 * TURN, depth + 1));
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
    place(x, y, wrap, around) {
      for (const [i, box] of boxes.entries()) box.place(x + TURN, y - middle + tops[i]!, wrap, around);
      const { fork, join } = around;
      if (skip !== "over" || !fork || !join) return;
      const known = places.overs.get(join) ?? new Map<Unit, Over>();
      places.overs.set(join, known.set(fork, { y: y - middle - OVER / 2, left: x + TURN - BEND, wrap }));
    },
  };
}

/** Items from left to right, in several rows where they are too many for one. */
function sequence(
  items: readonly Item[],
  faces: ReadonlyMap<Unit, Face>,
  places: Places,
  most: number,
  depth: number,
): Box {
  const boxes = items.map((item, i) => {
    if (isBranches(item)) return branchesBox(item, faces, places, most, depth);
    const box = unitBox(item, faces.get(item)!, places);
    const before = items[i - 1];
    const isReached = before && !isBranches(before) && item.inputs.some((input) => input !== before);
    return isReached ? shifted(box, TURN) : box;
  });
  const rows: { box: Box; item: Item }[][] = [[]];
  let filled = 0;
  // Beside the arrows that lead from the fork to all branches.
  const indent = depth > 0 ? INDENT : 0;
  for (const [i, item] of items.entries()) {
    const box = boxes[i]!;
    // Where branches come together stays beside them if it can.
    const behind = isBranches(item) ? (boxes[i + 1]?.width ?? 0) : 0;
    const need = box.width + (box.width + behind <= most ? behind : 0);
    if (filled + need > most && rows.at(-1)!.length > 0) {
      rows.push([]);
      filled = indent;
    }
    rows.at(-1)!.push({ box, item });
    filled += box.width;
  }
  const sizes = rows.map((row, i) => ({
    width: row.reduce((sum, { box }) => sum + box.width, i > 0 ? indent : 0),
    above: Math.max(8, ...row.map(({ box }) => box.above)),
    below: Math.max(8, ...row.map(({ box }) => box.below)),
  }));
  const height = sizes.reduce((sum, { above, below }) => sum + above + below + ROW_GAP, -ROW_GAP);
  const width = Math.max(...sizes.map((size) => size.width));
  return {
    width,
    above: sizes[0]!.above,
    below: height - sizes[0]!.above,
    place(x, y, wrap, around) {
      let line = y;
      let from = wrap;
      const all = rows.flat();
      const unitAt = (index: number): Unit | undefined => {
        const item = all[index]?.item;
        return item && !isBranches(item) ? item : undefined;
      };
      let index = 0;
      rows.forEach((row, i) => {
        const { above } = sizes[i]!;
        if (i > 0) {
          line += sizes[i - 1]!.below + ROW_GAP + above;
          from = { x: x + sizes[i - 1]!.width + 8, y: line - above - ROW_GAP / 2 };
        }
        const here: Row = {
          ...{ depth, sequence: rows, isFirst: i === 0, top: line - above - 7 },
          ...{ left: x - BEND, right: x + width + 8, wrap },
        };
        const start = i > 0 ? x + indent : x;
        let at = start;
        for (const { box, item } of row) {
          const isEnd = isBranches(item);
          box.place(at, line, at === start ? from : undefined, {
            row: here,
            fork: index === 0 ? (isEnd ? around.fork : undefined) : unitAt(index - 1),
            join: index === all.length - 1 ? around.join : unitAt(index + 1),
          });
          at += box.width;
          index++;
        }
      });
    },
  };
}
