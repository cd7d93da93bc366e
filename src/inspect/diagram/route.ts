import { BEND, type Face, GAP, LINE, type Places, type Spot, type Wrap } from "./boxes.js";
import type { Point } from "./layout.js";
import type { Unit } from "./units.js";

/** The way of an arrow: along the lines between blocks, around what lies between. */
export function pathOf(from: Unit, to: Unit, places: Places, faces: ReadonlyMap<Unit, Face>): Point[] {
  const source = places.spots.get(from)!;
  const target = places.spots.get(to)!;
  const end = to.join === undefined ? target.blockX : target.x;
  const start: Point = [source.end - GAP + 1, source.y];
  const over = places.overs.get(to)?.get(from);
  const path: Point[] = [start];
  const height = over?.y ?? passing(source, target, places, faces);
  if (height !== undefined) {
    if (over?.wrap) path.push(...around(source.y, over.wrap, over.left));
    else path.push([over?.left ?? source.end + BEND / 2, source.y]);
    path.push([path.at(-1)![0], height]);
    // A sum is reached from above.
    if (!target.wrap && to.join?.length === 1)
      return [...path, [target.x + 9, height], [target.x + 9, target.y - 9]];
  }
  const turn = target.x - BEND;
  const y = height ?? source.y;
  if (target.wrap) path.push(...around(y, target.wrap, turn), [turn, target.y]);
  else if (y !== target.y) path.push([turn, y], [turn, target.y]);
  return [...path, [end, target.y]];
}

/** Down behind the row, and back to the left below it. */
function around(y: number, wrap: Wrap, turn: number): Point[] {
  return [
    [wrap.x, y],
    [wrap.x, wrap.y],
    [turn, wrap.y],
  ];
}

/** How high an arrow must rise to pass what stands on its line. */
function passing(
  source: Spot,
  target: Spot,
  { spots }: Places,
  faces: ReadonlyMap<Unit, Face>,
): number | undefined {
  if (source.y !== target.y && !target.wrap) return undefined;
  const right = target.wrap ? target.wrap.x : target.x;
  let top: number | undefined;
  for (const [unit, { x, y }] of spots) {
    if (y !== source.y || x < source.end - 1 || x >= right - 1) continue;
    const { block, lines } = faces.get(unit)!;
    const above = Math.max((block.height + block.backY) / 2, lines.length * LINE + 10);
    top = Math.min(top ?? y, y - above - 6);
  }
  return top;
}
