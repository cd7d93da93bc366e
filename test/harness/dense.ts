import { type Shape, sizeOf } from "../../src/tensor.js";
import { type OpCase, type Ref, ref } from "./op.js";

/** The index of the i-th element of a shape. */
export function indexOf(shape: Shape, i: number): number[] {
  let rest = i;
  return [...shape]
    .reverse()
    .map((size) => {
      const place = rest % size;
      rest = (rest - place) / size;
      return place;
    })
    .reverse();
}

/** The element at an index. */
export function elementAt({ shape, data }: Ref, index: readonly number[]): number {
  return data[index.reduce((sum, place, axis) => sum * shape[axis]! + place, 0)]!;
}

/** A tensor from the element at each index. */
export function fromElements(shape: Shape, element: (index: number[]) => number): Ref {
  const result = ref(shape);
  for (let i = 0; i < sizeOf(shape); i++) result.data[i] = element(indexOf(shape, i));
  return result;
}

/** A case of one dense operand. `element` defines the output at an index. */
export function denseCase(
  name: string,
  shape: Shape,
  to: Shape,
  build: (...args: [...Parameters<OpCase["build"]>]) => ReturnType<OpCase["build"]>,
  element: (x: Ref, index: number[]) => number,
): OpCase {
  return {
    name: `[${shape}] ${name}`,
    operands: [{ shape, form: "dense" }],
    build,
    reference: ([x]) => fromElements(to, (index) => element(x!, index)),
  };
}
