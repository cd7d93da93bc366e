import { check } from "../errors.js";
import type { Tensor } from "../tensor.js";

/** Of the header's length. */
export const PREFIX_BYTES = 8;
/** The header's entry that is no tensor. */
export const METADATA = "__metadata__";

/**
 * Writes tensors as a safetensors file, F32, in the order given: the same tensors give the same bytes.
 * @throws FeatureMapError for a name given twice or metadata that is not text
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, Tensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = [...tensors];
  const members: string[] = [];
  if (Object.keys(metadata).length > 0) {
    members.push(`"${METADATA}":${JSON.stringify(checkMetadata(metadata, "writeSafetensors"))}`);
  }
  const seen = new Set([METADATA]);
  let offset = 0;
  for (const [name, { shape, data }] of entries) {
    check(
      !seen.has(name),
      () => `writeSafetensors: the name "${name}" is taken; every tensor needs its own.`,
    );
    seen.add(name);
    const entry = { dtype: "F32", shape, data_offsets: [offset, offset + data.byteLength] };
    members.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    offset += data.byteLength;
  }
  const header = new TextEncoder().encode(`{${members.join(",")}}`);
  // Spaces fill the header so that the data begin at a multiple of 8.
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(PREFIX_BYTES + headerBytes + offset).fill(
    0x20,
    PREFIX_BYTES,
    PREFIX_BYTES + headerBytes,
  );
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(header, PREFIX_BYTES);
  offset = PREFIX_BYTES + headerBytes;
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

export function checkMetadata(metadata: unknown, what: string): Record<string, string> {
  check(
    isRecord(metadata) && Object.values(metadata).every((value) => typeof value === "string"),
    () => `${what}: the metadata must be an object of texts.`,
  );
  return metadata as Record<string, string>;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
