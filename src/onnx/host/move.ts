// Numbers put elsewhere.

import { check } from "../../errors.js";
import { stridesOf } from "../../ops/axes.js";
import { formatShape, type Shape, sizeOf } from "../../tensor.js";
import { checkShape, type HostTensor, type Numbers } from "../proto/tensor.js";
import { allocate, checkSameType, repeating, walk, whole } from "./host.js";

/** The same numbers under another shape of the same size. */
export function reshapedHost(x: HostTensor, shape: Shape): HostTensor {
  checkShape("a constant", shape);
  check(
    sizeOf(shape) === x.data.length,
    () => `${formatShape(x.shape)} cannot become ${formatShape(shape)}, which has another size.`,
  );
  return { ...x, shape };
}

export function transposedHost(x: HostTensor, perm: readonly number[]): HostTensor {
  const strides = stridesOf(x.shape);
  const shape = perm.map((axis) => x.shape[axis]!);
  const data = allocate(x.dtype, shape, x.data.length);
  walk(
    shape,
    perm.map((axis) => strides[axis]!),
    (i, from) => {
      data[i] = x.data[from]!;
    },
  );
  return { ...x, shape, data };
}

/** Repeats along axes of size 1, and along new ones in front. */
export function expandedHost(x: HostTensor, shape: Shape): HostTensor {
  const data = allocate(x.dtype, shape, x.data.length);
  walk(shape, repeating(x.shape, shape), (i, from) => {
    data[i] = x.data[from]!;
  });
  return { ...x, shape, data };
}

/** What lies at the listed places of each axis (null: all of them). Places of -1 have `fill`. */
export function gatheredHost(
  x: HostTensor,
  lists: readonly (readonly number[] | null)[],
  fill = 0,
): HostTensor {
  const shape = x.shape.map((size, d) => lists[d]?.length ?? size);
  const data = allocate(x.dtype, shape, x.data.length);
  const strides = stridesOf(x.shape);
  const own = stridesOf(shape);
  for (let i = 0; i < data.length; i++) {
    let from = 0;
    for (let d = 0; d < shape.length && from >= 0; d++) {
      const at = Math.floor(i / own[d]!) % shape[d]!;
      const list = lists[d];
      const place = list ? list[at]! : at;
      from = place < 0 ? -1 : from + place * strides[d]!;
    }
    data[i] = from < 0 ? (typeof data[i] === "bigint" ? whole(fill) : fill) : x.data[from]!;
  }
  return { ...x, shape, data };
}

/** Tensors one after the other along an axis. */
export function joinedHost(tensors: readonly HostTensor[], axis: number): HostTensor {
  const [first] = tensors;
  const shape = [...first!.shape];
  shape[axis] = tensors.reduce((sum, { shape: s }) => sum + s[axis]!, 0);
  for (const tensor of tensors) {
    const { shape: other } = tensor;
    checkSameType(first!, tensor);
    check(
      other.length === shape.length && other.every((size, d) => d === axis || size === shape[d]),
      () =>
        `${formatShape(other)} cannot follow ${formatShape(first!.shape)} along axis ${axis}: the other sizes differ.`,
    );
  }
  const data = allocate(
    first!.dtype,
    shape,
    // One that is repeated counts once.
    [...new Set(tensors)].reduce((sum, t) => sum + t.data.length, 0),
  );
  const outer = sizeOf(shape.slice(0, axis));
  const row = outer === 0 ? 0 : data.length / outer;
  let offset = 0;
  for (const { data: part } of tensors) {
    const length = outer === 0 ? 0 : part.length / outer;
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < length; i++) (data as Numbers)[o * row + offset + i] = part[o * length + i]!;
    }
    offset += length;
  }
  return { dtype: first!.dtype, shape, data };
}
