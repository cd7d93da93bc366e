import { FeatureMapError } from "../errors.js";

export const PAGE_BYTES = 65536;
/** Cache lines: blocks start on one, so that threads never share one by accident. */
const ALIGN_BYTES = 64;

/** A piece of WebAssembly memory that belongs to one owner until freed. */
export interface Block {
  readonly address: number;
  readonly bytes: number;
}

/** `1.5 MiB`, for error messages. */
export function formatBytes(bytes: number): string {
  const unit = bytes >= 2 ** 30 ? 3 : bytes >= 2 ** 20 ? 2 : bytes >= 2 ** 10 ? 1 : 0;
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${["bytes", "KiB", "MiB", "GiB"][unit]}`;
}

/**
 * Hands out blocks of one WebAssembly memory, first fit, and takes them back. Models ask for a few large blocks, so a
 * short sorted list of gaps is all it takes.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  #gaps: { address: number; bytes: number }[] = [];
  #end: number;
  #used = 0;

  readonly #most: number;

  /** `start`: first byte the heap may use; `most`: bytes that the memory was declared to grow to. */
  constructor(memory: WebAssembly.Memory, start: number, most: number) {
    this.memory = memory;
    this.#most = most;
    this.#end = start;
  }

  /** Bytes in blocks that have not been freed. */
  get usedBytes(): number {
    return this.#used;
  }

  /** A zeroed block. Throws when the memory cannot grow far enough. */
  allocate(wanted: number, what: string): Block {
    const bytes = Math.max(1, Math.ceil(wanted / ALIGN_BYTES)) * ALIGN_BYTES;
    const gap = this.#gaps.find((candidate) => candidate.bytes >= bytes);
    let address: number;
    if (gap) {
      address = gap.address;
      gap.address += bytes;
      gap.bytes -= bytes;
      if (gap.bytes === 0) this.#gaps.splice(this.#gaps.indexOf(gap), 1);
      new Uint8Array(this.memory.buffer, address, bytes).fill(0);
    } else {
      address = this.#end;
      this.#grow(address + bytes, bytes, what);
      this.#end = address + bytes;
      new Uint8Array(this.memory.buffer, address, bytes).fill(0);
    }
    this.#used += bytes;
    return { address, bytes };
  }

  /** Takes a block back. */
  free(block: Block): void {
    this.#used -= block.bytes;
    let index = this.#gaps.findIndex((gap) => gap.address > block.address);
    if (index < 0) index = this.#gaps.length;
    this.#gaps.splice(index, 0, { ...block });
    for (const i of [index, index - 1]) {
      const left = this.#gaps[i];
      const right = this.#gaps[i + 1];
      if (left && right && left.address + left.bytes === right.address) {
        left.bytes += right.bytes;
        this.#gaps.splice(i + 1, 1);
      }
    }
    const last = this.#gaps.at(-1);
    if (last && last.address + last.bytes === this.#end) {
      this.#end = last.address;
      this.#gaps.pop();
    }
  }

  #grow(end: number, bytes: number, what: string): void {
    // Kernels may read up to one tile past the last block; a page of slack keeps that inside the memory.
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE_BYTES) + 1;
    if (missing <= 0) return;
    try {
      this.memory.grow(missing);
    } catch {
      const limit =
        end > this.#most - PAGE_BYTES
          ? `WebAssembly memory holds ${formatBytes(this.#most)} at most`
          : `the system has no more to give: WebAssembly memory is at ${formatBytes(this.memory.buffer.byteLength)}`;
      throw new FeatureMapError(
        `${what} needs ${formatBytes(bytes)} more, but ${limit} (${formatBytes(this.#used)} in use). ` +
          "Use a smaller batch or input, or dispose of models you no longer need.",
      );
    }
  }
}
