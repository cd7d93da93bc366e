import { BEND, GAP, type Places, type Spot, type Wrap } from "./boxes.js";
import type { Point } from "./data.js";
import type { Unit } from "./units.js";

/** The way of an arrow: along the lines between blocks, around what lies between. */
export function pathOf(from: Unit, to: Unit, { spots, overs }: Places): Point[] {
  const source = spots.get(from)!;
  const target = spots.get(to)!;
  const path: Point[] = [[source.end - GAP + 1, source.y]];
  const end: Point = [to.join === undefined ? target.blockX : target.x, target.y];
  const turn = target.x - BEND;
  /** Goes to the target from where the path is. */
  const arrive = (): Point[] => {
    const [, y] = path.at(-1)!;
    if (target.wrap) path.push(...around(y, target.wrap, turn), [turn, target.y]);
    else if (y !== target.y) path.push([turn, y], [turn, target.y]);
    return [...path, end];
  };
  const rise = (): void => {
    const x = source.end + BEND / 2;
    path.push([x, source.y], [x, source.row.top]);
  };

  const over = overs.get(to)?.get(from);
  if (over) {
    path.push(...(over.wrap ? around(source.y, over.wrap, over.left) : [[over.left, source.y] as const]));
    path.push([over.left, over.y]);
    // A sum is reached from above.
    if (!target.wrap && to.join?.length === 1)
      return [...path, [target.x + 9, over.y], [target.x + 9, target.y - 9]];
    return arrive();
  }
  const { row } = target;
  if (source.row.sequence === row.sequence && target.before !== from) {
    // Past others of the same sequence: above them, and from row to row on the right of all.
    rise();
    if (source.row === row) return arrive();
    return [...path, ...sideways(source, target), [turn, target.y], end];
  }
  if (row.depth > source.row.depth && (target.before || !row.isFirst || target.x - row.left > BEND)) {
    // To one inside of a branch, past those before it.
    path.push(...(row.wrap ? around(source.y, row.wrap, row.left) : [[row.left, source.y] as const]));
    return [...path, [row.left, row.top], [turn, row.top], [turn, target.y], end];
  }
  if (source.row.depth > row.depth && isPassing(source, target, spots)) rise();
  return arrive();
}

/** Down behind the row, and back to the left below it. */
function around(y: number, wrap: Wrap, turn: number): Point[] {
  return [
    [wrap.x, y],
    [wrap.x, wrap.y],
    [turn, wrap.y],
  ];
}

/** From above one row to above another. */
function sideways({ row: from }: Spot, { row: to, x }: Spot): Point[] {
  return [
    [from.right, from.top],
    [from.right, to.top],
    [x - BEND, to.top],
  ];
}

/** Whether something stands on the line behind the source. */
function isPassing(source: Spot, target: Spot, spots: ReadonlyMap<Unit, Spot>): boolean {
  const right = target.wrap?.x ?? target.x;
  return [...spots.values()].some(({ x, y }) => y === source.y && x >= source.end - 1 && x < right - 1);
}
