import { check, FeatureMapError } from "../errors.js";
import { formatShape, Tensor } from "../tensor.js";
import { dtypes, isSizes, toFloat32 } from "./dtypes.js";
import { repeatedKey } from "./json-keys.js";
import { checkMetadata, isRecord, METADATA, PREFIX_BYTES } from "./write-safetensors.js";

/**
 * The safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length of a header, the
 * header as JSON, `{"name": {"dtype", "shape", "data_offsets": [begin, end]}, ..., "__metadata__"?: {text: text}}`,
 * then the data, little-endian and row-major, without gaps.
 */
export interface SafetensorsFile {
  /** By name, in the order of their data. */
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Record<string, string>;
}

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

const HEADER_LIMIT_BYTES = 100_000_000;

/**
 * Reads a safetensors file. F16 and BF16 are converted to float32 exactly and F64 is rounded; integers and BOOL, such
 * as torch's `num_batches_tracked`, become the same numbers in float32, or an error where it cannot hold them.
 * @param name of the file, for errors
 * @throws FeatureMapError for a file that breaks any rule of the format; nothing of it is accepted then
 */
export function readSafetensors(bytes: Uint8Array | ArrayBuffer, name = "safetensors"): SafetensorsFile {
  return openSafetensors(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), name);
}

/** @param own whether the file's bytes are nobody else's: then tensors may be views of them */
export function openSafetensors(file: Uint8Array, name: string, own = false): SafetensorsFile {
  const headerBytes = headerLength(file, name);
  const header = parseHeader(file.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes), name);
  const data = file.subarray(PREFIX_BYTES + headerBytes);

  const metadata = Object.hasOwn(header, METADATA) ? checkMetadata(header[METADATA], name) : {};
  const entries = Object.keys(header)
    .filter((key) => key !== METADATA)
    .map((key) => checkEntry(key, header[key], name));
  const tensors = new Map<string, Tensor>();
  for (const { name: key, dtype, shape, begin, end } of inOrder(entries, data.length, name)) {
    const what = `${name}: tensor "${key}"`;
    const values = toFloat32(dtypes.get(dtype)!, data.subarray(begin, end), what, own);
    tensors.set(key, new Tensor(values, shape));
  }
  return { tensors, metadata };
}

function headerLength(file: Uint8Array, name: string): number {
  check(
    file.length >= PREFIX_BYTES,
    () =>
      `${name}: ${file.length} bytes are too few for a safetensors file, which begins with an 8-byte header length.`,
  );
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  const rest = file.length - PREFIX_BYTES;
  check(
    length <= rest,
    () =>
      `${name}: the header should be ${length} bytes long, but only ${rest} follow. The file is truncated or not a safetensors file.`,
  );
  check(
    length <= HEADER_LIMIT_BYTES,
    () =>
      `${name}: a header of ${length} bytes is over the limit of ${HEADER_LIMIT_BYTES}; this is not a sound safetensors file.`,
  );
  return Number(length);
}

function parseHeader(bytes: Uint8Array, name: string): Record<string, unknown> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (error) {
    throw new FeatureMapError(
      `${name}: the safetensors header is not valid JSON (${(error as Error).message}).`,
      {
        cause: error,
      },
    );
  }
  check(isRecord(header), `${name}: the safetensors header must be a JSON object of tensors by name.`);
  const twice = repeatedKey(text);
  check(twice === undefined, () => `${name}: "${twice}" stands twice in the safetensors header.`);
  return header;
}

function checkEntry(key: string, entry: unknown, file: string): Entry {
  const what = `${file}: tensor "${key}"`;
  check(
    isRecord(entry),
    () => `${what}: its header entry must be an object with dtype, shape and data_offsets.`,
  );
  const { dtype, shape, data_offsets: offsets } = entry;
  const type = dtypes.get(dtype as string);
  check(
    type,
    () =>
      `${what}: unknown dtype ${JSON.stringify(dtype)}. Convert it to one of ${[...dtypes.keys()].join(", ")}.`,
  );
  check(
    isSizes(shape),
    () => `${what}: the shape ${JSON.stringify(shape)} must be a list of whole numbers of 0 or more.`,
  );
  check(
    isSizes(offsets) && offsets.length === 2 && offsets[0]! <= offsets[1]!,
    () =>
      `${what}: data_offsets ${JSON.stringify(offsets)} must be two whole numbers, [begin, end], begin at most end.`,
  );
  const [begin, end] = offsets as [number, number];
  const expected = shape.reduce((product, size) => product * size, type.bytes);
  check(
    end - begin === expected,
    () =>
      `${what}: ${dtype} of shape ${formatShape(shape)} takes ${expected} bytes, but data_offsets [${begin}, ${end}] hold ${end - begin}.`,
  );
  return { name: key, dtype: dtype as string, shape, begin, end };
}

/** The entries as their data lie in the file, which they must fill exactly, each beginning where another ended. */
function inOrder(entries: readonly Entry[], dataBytes: number, file: string): Entry[] {
  const ordered = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let reached = 0;
  for (const { name, begin, end } of ordered) {
    const problem =
      begin < reached ? "overlaps the tensor before it" : "leaves a gap after the tensor before it";
    check(
      begin === reached,
      () =>
        `${file}: tensor "${name}" begins at byte ${begin} of the data and ${problem}, which ends at ${reached}.`,
    );
    check(
      end <= dataBytes,
      () =>
        `${file}: tensor "${name}" ends at byte ${end} of the data, of which there are only ${dataBytes}. The file is truncated.`,
    );
    reached = end;
  }
  check(
    reached === dataBytes,
    () => `${file}: ${dataBytes - reached} bytes follow the last tensor; they belong to none.`,
  );
  return ordered;
}
