// Reads WebAssembly binaries as the core specification lays them out, also those this engine cannot compile.

export const SECTION = { type: 1, import: 2, global: 6, start: 8, data: 11 } as const;

export interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: number;
  /** For a memory: the byte before its limits. */
  readonly flags: number;
  /** For a memory: the least and the most pages. */
  readonly limits: readonly number[];
}

class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  text(): string {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }
}

/** The sections other than custom ones, by their number. */
export function sectionsOf(binary: Uint8Array): Map<number, Uint8Array> {
  const reader = new Reader(binary, 8);
  const sections = new Map<number, Uint8Array>();
  while (reader.at < binary.length) {
    const id = reader.number();
    const size = reader.number();
    if (id !== 0) sections.set(id, binary.subarray(reader.at, reader.at + size));
    reader.at += size;
  }
  return sections;
}

/** The imports of a binary that imports nothing but memories; others are listed without limits, and end the list. */
export function importsOf(binary: Uint8Array): Import[] {
  const section = sectionsOf(binary).get(SECTION.import);
  if (!section) return [];
  const reader = new Reader(section);
  const imports: Import[] = [];
  for (let left = reader.number(); left > 0; left--) {
    const module = reader.text();
    const name = reader.text();
    const kind = section[reader.at++]!;
    if (kind !== 2) return [...imports, { module, name, kind, flags: 0, limits: [] }];
    const flags = section[reader.at++]!;
    const limits = [reader.number(), ...(flags & 1 ? [reader.number()] : [])];
    imports.push({ module, name, kind, flags, limits });
  }
  return imports;
}
