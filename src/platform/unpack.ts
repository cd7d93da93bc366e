import { FeatureMapError } from "../errors.js";

/**
 * Decompresses zlib (`deflate`), bare (`deflate-raw`) or gzip data, but never more than a limit: the memory taken is bounded by what the
 * caller expects, whatever the data claim or contain.
 * @param limit bytes wanted at most
 * @param what names the data in errors
 * @returns the first bytes, up to the limit, and whether there were more
 */
export async function unpack(
  parts: readonly Uint8Array[],
  format: "deflate" | "deflate-raw" | "gzip",
  limit: number,
  what: string,
): Promise<{ data: Uint8Array; more: boolean }> {
  const packed = new Blob(parts as Uint8Array<ArrayBuffer>[]).stream();
  const reader = packed.pipeThrough(new DecompressionStream(format)).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let read = await reader.read(); !read.done && size <= limit; read = await reader.read()) {
      chunks.push(read.value);
      size += read.value.length;
    }
    if (size > limit) await reader.cancel();
  } catch (error) {
    const reason = (error as Error).message;
    throw new FeatureMapError(`${what}: the compressed data are damaged or truncated (${reason}).`, {
      cause: error,
    });
  }
  const data = new Uint8Array(Math.min(size, limit));
  let offset = 0;
  for (const chunk of chunks) {
    data.set(chunk.subarray(0, data.length - offset), offset);
    offset = Math.min(offset + chunk.length, data.length);
  }
  return { data, more: size > limit };
}

/** Compresses data as zlib, for example the pixels of a PNG. */
export async function pack(data: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([data as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
