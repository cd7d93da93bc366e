import { check } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../tensor.js";

/** An axis counted from the front. Throws when the shape has no such axis; negative ones count from the end. */
export function axisOf(what: string, axis: number, shape: Shape): number {
  check(
    Number.isInteger(axis) && axis >= -shape.length && axis < shape.length,
    () =>
      `${what}: there is no axis ${axis} in the shape ${formatShape(shape)}; its axes are ` +
      `${shape.length > 0 ? `0 to ${shape.length - 1}` : "none"}.`,
  );
  return axis < 0 ? axis + shape.length : axis;
}

/** Elements from one place of each axis to the next. */
export function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** The shape as [outer, n, inner], where n is what `count` axes from `axis` on hold. */
export function aroundAxis(shape: Shape, axis: number, count = 1): [outer: number, n: number, inner: number] {
  return [
    sizeOf(shape.slice(0, axis)),
    sizeOf(shape.slice(axis, axis + count)),
    sizeOf(shape.slice(axis + count)),
  ];
}

/** Whole numbers from 0 on. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** The shape that two shapes have in common by numpy's rules: sizes of 1, or missing in front, are repeated. */
export function broadcastShape(what: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return range(rank).map((axis) => {
    const [m, n] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    check(
      m === n || m === 1 || n === 1,
      () =>
        `${what}: the shapes ${formatShape(a)} and ${formatShape(b)} do not fit; sizes must be the same or 1, counted ` +
        "from the last.",
    );
    return m === 1 ? n : m;
  });
}
