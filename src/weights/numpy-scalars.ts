// Single numbers of numpy, which checkpoints hold as accuracies and the like.

import { check, show } from "../errors.js";
import type { Buildable } from "./pickle.js";

const readers: Readonly<Record<string, (view: DataView, little: boolean) => number | bigint | boolean>> = {
  b1: (view) => view.getUint8(0) !== 0,
  i1: (view) => view.getInt8(0),
  u1: (view) => view.getUint8(0),
  i2: (view, little) => view.getInt16(0, little),
  u2: (view, little) => view.getUint16(0, little),
  i4: (view, little) => view.getInt32(0, little),
  u4: (view, little) => view.getUint32(0, little),
  i8: (view, little) => view.getBigInt64(0, little),
  u8: (view, little) => view.getBigUint64(0, little),
  f4: (view, little) => view.getFloat32(0, little),
  f8: (view, little) => view.getFloat64(0, little),
};

class NumpyType implements Buildable {
  #littleEndian = true;

  constructor(readonly code: string) {}

  /** The second of its attributes is the order of bytes. */
  build(state: unknown): void {
    this.#littleEndian = !(Array.isArray(state) && state[1] === ">");
  }

  read(bytes: Uint8Array): number | bigint | boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return readers[this.code]!(view, this.#littleEndian);
  }
}

const dtype =
  (file: string) =>
  ([code]: readonly unknown[]): NumpyType => {
    check(
      typeof code === "string" && Object.hasOwn(readers, code),
      () => `${file}: numpy's type ${show(code)} is not supported. Store plain numbers: value.item().`,
    );
    return new NumpyType(code);
  };

const scalar =
  (file: string) =>
  ([type, bytes]: readonly unknown[]): number | bigint | boolean => {
    const sound =
      type instanceof NumpyType && bytes instanceof Uint8Array && bytes.length === Number(type.code.slice(1));
    check(sound, () => `${file}: a number of numpy is made of ${show(type)} and ${show(bytes)}.`);
    return type.read(bytes);
  };

/** By their names in Python, numpy 1 and 2. */
export const numpyGlobals: [string, (file: string) => (args: readonly unknown[]) => unknown][] = [
  ["numpy.dtype", dtype],
  ["numpy.core.multiarray.scalar", scalar],
  ["numpy._core.multiarray.scalar", scalar],
];
