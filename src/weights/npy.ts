import { check } from "../errors.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";
import { dtypes, isSizes, toFloat32 } from "./dtypes.js";
import { gather } from "./strided.js";

// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const ALIGNMENT = 64;
// numpy's own limit.
const HEADER_LIMIT_BYTES = 10_000;

/** numpy's type codes, without the sign of the byte order, as names of {@link dtypes}. */
const typeCodes: Readonly<Record<string, string>> = {
  ...{ f2: "F16", f4: "F32", f8: "F64", b1: "BOOL" },
  ...{ u1: "U8", u2: "U16", u4: "U32", u8: "U64", i1: "I8", i2: "I16", i4: "I32", i8: "I64" },
};

interface Header {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: number[];
}

/** Whether the bytes begin as an npy file does. */
export function isNpy(file: Uint8Array): boolean {
  return MAGIC.every((byte, i) => file[i] === byte);
}

/**
 * Reads one array of numpy's `save`: any format version, floats, integers and booleans of either byte order, C or
 * Fortran order. Values become float32; an integer that float32 may not hold is an error.
 * @param name of the file, for errors
 * @throws FeatureMapError for a file that breaks any rule of the format
 */
export function readNpy(bytes: Uint8Array | ArrayBuffer, name = "npy"): Tensor {
  const file = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const { text, dataOffset } = headerText(file, name);
  const { descr, fortranOrder, shape } = parseHeader(text, name);
  const dtype = dtypes.get(typeCodes[descr.slice(1)] ?? "");
  check(
    dtype && (descr[0] === "<" || descr[0] === ">" || (descr[0] === "|" && dtype.bytes === 1)),
    () =>
      `${name}: the element type '${descr}' is not supported. Save the array as float32: array.astype("<f4").`,
  );
  const data = file.subarray(dataOffset);
  const expected = shape.reduce((product, size) => product * size, dtype.bytes);
  check(
    data.length === expected,
    () =>
      `${name}: '${descr}' of shape ${formatShape(shape)} takes ${expected} bytes, but ${data.length} follow the header.`,
  );
  const values = toFloat32(dtype, descr[0] === ">" ? swapped(data, dtype.bytes) : data, name);
  return new Tensor(fortranOrder ? fromFortran(values, shape) : values, shape);
}

/** Writes a tensor as a version 1.0 npy file of type `<f4` in C order. */
export function writeNpy({ shape, data }: Tensor): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const prefixBytes = MAGIC.length + 4;
  const headerBytes = Math.ceil((prefixBytes + dict.length + 1) / ALIGNMENT) * ALIGNMENT - prefixBytes;
  const file = new Uint8Array(prefixBytes + headerBytes + data.byteLength);
  file.set([...MAGIC, 1, 0, headerBytes & 255, headerBytes >> 8]);
  file.set(new TextEncoder().encode(`${dict.padEnd(headerBytes - 1)}\n`), prefixBytes);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), prefixBytes + headerBytes);
  return file;
}

function headerText(file: Uint8Array, name: string): { text: string; dataOffset: number } {
  check(
    file.length >= MAGIC.length + 2 && isNpy(file),
    () => `${name}: this is not an npy file, which begins with the bytes \\x93NUMPY.`,
  );
  const major = file[6]!;
  check(
    major >= 1 && major <= 3,
    () => `${name}: npy format version ${major} is unknown; 1, 2 and 3 are supported.`,
  );
  // Version 1 has a 16-bit header length, the later ones 32 bits; version 3 is UTF-8 instead of Latin-1.
  const prefixBytes = major === 1 ? 10 : 12;
  check(file.length >= prefixBytes, () => `${name}: the npy file is truncated after ${file.length} bytes.`);
  const view = new DataView(file.buffer, file.byteOffset);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataOffset = prefixBytes + length;
  check(
    dataOffset <= file.length,
    () =>
      `${name}: the npy header should be ${length} bytes long, but only ${file.length - prefixBytes} follow.`,
  );
  check(
    length <= HEADER_LIMIT_BYTES,
    () => `${name}: an npy header of ${length} bytes is over the limit of ${HEADER_LIMIT_BYTES}.`,
  );
  const bytes = file.subarray(prefixBytes, dataOffset);
  return { text: new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(bytes), dataOffset };
}

/** The header is a Python dictionary, `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`: JSON but for a few signs. */
function parseHeader(text: string, name: string): Header {
  const json = text
    .trim()
    .replaceAll("'", '"')
    .replace("False", "false")
    .replace("True", "true")
    .replace("(", "[")
    .replace(/,?\s*\)/, "]")
    .replace(/,\s*\}$/, "}");
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch {
    header = undefined;
  }
  const { descr, fortran_order: fortranOrder, shape, ...others } = Object(header) as Record<string, unknown>;
  check(
    typeof descr === "string" &&
      typeof fortranOrder === "boolean" &&
      isSizes(shape) &&
      Object.keys(others).length === 0,
    () =>
      `${name}: the npy header ${JSON.stringify(text.trim())} is not a dictionary of descr (a simple type), fortran_order and shape.`,
  );
  return { descr, fortranOrder, shape };
}

/** The bytes of every element in the opposite order. */
function swapped(bytes: Uint8Array, elementBytes: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const within = i % elementBytes;
    result[i] = bytes[i - within + (elementBytes - 1 - within)]!;
  }
  return result;
}

/** Values stored with the first index running fastest, reordered so that the last one does. */
function fromFortran(values: Float32Array, shape: Shape): Float32Array {
  const result = new Float32Array(values.length);
  gather(
    result,
    values,
    shape,
    shape.map((_, d) => sizeOf(shape.slice(0, d))),
  );
  return result;
}
