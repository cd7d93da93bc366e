/** The section of a WebAssembly binary that lists imports (WebAssembly core specification, 5.5.5). */
const IMPORT_SECTION = 2;
const MEMORY = 2;

/** Reads an unsigned LEB128 number; returns it and the offset after it. */
function leb128(bytes: Uint8Array, offset: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[offset++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, offset];
  }
}

/**
 * A copy of the binary whose one import, the memory, is declared shared. Shared and plain memory run the same
 * instructions, so a single binary serves with and without threads: only the flag byte of the import's limits differs
 * (1: has a maximum; 3: has a maximum and is shared).
 */
export function withSharedMemory(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary);
  for (let offset = 8; offset < bytes.length; ) {
    const id = bytes[offset]!;
    const [size, start] = leb128(bytes, offset + 1);
    if (id === IMPORT_SECTION) {
      let [, at] = leb128(bytes, start);
      for (let name = 0; name < 2; name++) {
        const [length, text] = leb128(bytes, at);
        at = text + length;
      }
      if (bytes[at] === MEMORY && bytes[at + 1] === 1) bytes[at + 1] = 3;
      return bytes;
    }
    offset = start + size;
  }
  return bytes;
}
