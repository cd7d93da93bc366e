import { type Node, type Sight, sizes4, type Value } from "../ops/op.js";
import type { Size2 } from "../ops/shape.js";

/**
 * What the units of a layer see of the input, in pixels: the unit at [i, j] sees `size` pixels from
 * `offset + [i, j] * stride` on. Borders are not cut off, so an offset below 0 reaches into the padding. One number
 * where height and width agree, else [height, width]. A stride of 0 means that all units see the same, and a size of 0
 * that they see nothing of the input: their numbers are constants. Units whose fields do not move by whole pixels (of
 * resizing, transposed convolutions, pixel shuffles) count as seeing all that the layer before them sees together; what
 * a single one sees exactly, `receptiveField` tells.
 */
export interface ReceptiveField {
  readonly size: Size2;
  readonly stride: Size2;
  readonly offset: Size2;
}

/** Along one axis: unit i sees the pixels from first + i stride to last + i stride. */
interface Span {
  readonly first: number;
  readonly last: number;
  readonly stride: number;
}

/** Along h and w. */
type Spans = readonly [Span, Span];

const axes = [0, 1] as const;

/** What constants see. */
export const NOTHING: ReceptiveField = { size: 0, stride: 0, offset: 0 };

/**
 * The receptive fields of all values that depend on inputs. What depends on several has its field in the first of them:
 * fields in different pictures have nothing in common.
 */
export function receptiveFields(
  nodes: readonly Node[],
  inputs: readonly Value[],
): Map<Value, ReceptiveField> {
  const last = [...inputs].reverse();
  return new Map(last.flatMap((input) => [...fieldsIn(nodes, input)]));
}

/** Of all values that depend on one input. */
function fieldsIn(nodes: readonly Node[], input: Value): Map<Value, ReceptiveField> {
  const picture = sizes4(input.shape).slice(2) as [number, number];
  const own: Span = { first: 0, last: 0, stride: 1 };
  const spans = new Map<Value, Spans>([[input, [own, own]]]);

  /** What all units together see, within the picture. */
  const all = (span: Span, axis: 0 | 1, units: number): Span => ({
    first: Math.max(0, span.first),
    last: Math.min(picture[axis] - 1, span.last + (units - 1) * span.stride),
    stride: 0,
  });

  for (const node of nodes) {
    const sight = node.op.sight?.(node);
    const seen: { span: Span; units: number }[][] = [[], []];
    for (const value of node.inputs) {
      const known = value && spans.get(value);
      if (!known) continue;
      const units = sizes4(value.shape).slice(2) as [number, number];
      for (const axis of axes) {
        const span =
          sight === "all" ? all(known[axis], axis, units[axis]) : through(sight, axis, known[axis]);
        seen[axis]!.push({ span, units: units[axis] });
      }
    }
    if (seen[0]!.length === 0) continue;
    const united = axes.map((axis) => {
      const parts = seen[axis]!;
      // Branches that move at different rates have only the whole of what they see in common.
      const together = parts.every(({ span }) => span.stride === parts[0]!.span.stride);
      return unite(parts.map(({ span, units }) => (together ? span : all(span, axis, units))));
    }) as [Span, Span];
    for (const output of node.outputs) spans.set(output, united);
  }
  return new Map([...spans].map(([value, [h, w]]) => [value, field(h, w)]));
}

/** What one sees through a window on units that see `span` each. */
function through(sight: Sight | undefined, axis: 0 | 1, { first, last, stride }: Span): Span {
  if (!sight) return { first, last, stride };
  const from = -sight.before[axis];
  const to = from + (sight.kernel[axis] - 1) * sight.dilation[axis];
  return { first: first + from * stride, last: last + to * stride, stride: stride * sight.stride[axis] };
}

function unite(spans: readonly Span[]): Span {
  return {
    first: Math.min(...spans.map(({ first }) => first)),
    last: Math.max(...spans.map(({ last }) => last)),
    stride: spans[0]!.stride,
  };
}

function field(h: Span, w: Span): ReceptiveField {
  const both = (of: (span: Span) => number): Size2 => (of(h) === of(w) ? of(h) : [of(h), of(w)]);
  return {
    size: both(({ first, last }) => last - first + 1),
    stride: both(({ stride }) => stride),
    offset: both(({ first }) => first),
  };
}
