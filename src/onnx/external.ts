import { isElsewhere, locate } from "#sources";
import { check } from "../errors.js";
import { usualPatience } from "../platform/download.js";
import { type FileOptions, openFile } from "../weights/source.js";
import type { GraphProto, TensorProto } from "./proto/types.js";

/** The bytes of a file with weights, by the name that the model has for it. */
export type ExternalData = (name: string) => Uint8Array | ArrayBuffer | Promise<Uint8Array | ArrayBuffer>;

/** Bytes that protobuf, and so an ONNX file, may have. */
export const MOST_BYTES = 2 ** 31;

const TOO_LARGE = "The model has more than 2 GiB of weights, which is more than fits. Use a smaller one.";

/** Bytes of tensors that lie in other files. */
export type ExternalBytes = ReadonlyMap<TensorProto, Uint8Array>;

/**
 * Reads what tensors have in other files, each file once.
 * @param model the model's path or address, beside which the files lie; undefined if it was given as bytes
 */
export async function readExternal(
  graph: GraphProto,
  model: string | undefined,
  given: ExternalData | undefined,
  cache?: FileOptions["cache"],
): Promise<ExternalBytes> {
  const bytes = new Map<TensorProto, Uint8Array>();
  const files = new Map<string, Uint8Array>();
  for (const tensor of tensorsOf(graph)) {
    if (tensor.dataLocation !== 1) continue;
    const what = `The tensor "${tensor.name ?? ""}"`;
    const { location, offset, length } = placeOf(what, tensor);
    let file = files.get(location);
    if (!file) {
      const read = await (given ? given(location) : besides(model, location, what, cache));
      const isBytes = read instanceof Uint8Array || read instanceof ArrayBuffer;
      check(
        isBytes,
        () => `importOnnx: externalData gave no bytes (Uint8Array or ArrayBuffer) for "${location}".`,
      );
      file = read instanceof Uint8Array ? read : new Uint8Array(read);
      files.set(location, file);
      const total = [...files.values()].reduce((sum, one) => sum + one.length, 0);
      check(total < MOST_BYTES, TOO_LARGE);
    }
    const end = length === undefined ? file.length : offset + length;
    check(
      offset <= end && end <= file.length,
      () => `${what}: bytes ${offset} to ${end} of "${location}" are wanted, which has only ${file!.length}.`,
    );
    bytes.set(tensor, file.subarray(offset, end));
  }
  return bytes;
}

function* tensorsOf(graph: GraphProto): Iterable<TensorProto> {
  yield* graph.initializer;
  for (const { attribute } of graph.node) {
    for (const { t, tensors } of attribute) {
      if (t) yield t;
      yield* tensors;
    }
  }
}

function placeOf(
  what: string,
  { externalData }: TensorProto,
): { location: string; offset: number; length: number | undefined } {
  const entries = new Map(externalData.map(({ key = "", value = "" }) => [key, value]));
  const location = entries.get("location") ?? "";
  check(location !== "", () => `${what} lies in another file, but the model does not say in which.`);
  const isInside =
    !/^([/\\]|[A-Za-z][A-Za-z0-9+.-]*:)/.test(location) &&
    !location.split(/[/\\]/).includes("..") &&
    !location.includes("\0");
  check(
    isInside,
    () => `${what} lies in "${location}", which is outside the model's folder. Such files are not read.`,
  );
  const count = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    check(
      /^\d+$/.test(text) && Number.isSafeInteger(Number(text)),
      () => `${what}: its ${key} in "${location}" is ${text}, which is no number of bytes.`,
    );
    return Number(text);
  };
  return { location, offset: count("offset") ?? 0, length: count("length") };
}

async function besides(
  model: string | undefined,
  location: string,
  what: string,
  cache: FileOptions["cache"],
): Promise<Uint8Array> {
  check(
    model !== undefined,
    () =>
      `${what} lies in another file, "${location}". Import the model by its path, or give the file: ` +
      "importOnnx(bytes, { externalData: (name) => ... }).",
  );
  const place = locate(model);
  const isAddress = "url" in place;
  const end = isAddress ? model.search(/[?#]|$/) : model.length;
  const path = model.slice(0, end);
  const beside =
    path.slice(0, Math.max(path.lastIndexOf("/"), isAddress ? -1 : path.lastIndexOf("\\")) + 1) + location;
  check(
    isAddress || !(await isElsewhere(beside, model)),
    () =>
      `${what} lies in "${location}", a link that leads out of the model's folder. Such files are not read; give it: ` +
      "importOnnx(path, { externalData: (name) => ... }).",
  );
  const options: FileOptions = {
    onProgress: ({ totalBytes }) => check((totalBytes ?? 0) < MOST_BYTES, TOO_LARGE),
    ...(cache !== undefined && { cache }),
  };
  return openFile("importOnnx", beside, options, usualPatience, (bytes) => {
    check(bytes.length < MOST_BYTES, TOO_LARGE);
    return bytes;
  });
}
