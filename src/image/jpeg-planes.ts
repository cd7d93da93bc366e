import { check } from "../errors.js";
import { BitReader, type HuffmanTable, huffmanTable } from "./jpeg-bits.js";
import { isFrame, type JpegHeader, readSegment } from "./jpeg-header.js";
import { inverseCosine } from "./jpeg-idct.js";
import { type Coefficients, readScan, type ScanComponent, zigzag } from "./jpeg-scan.js";
import type { Plane } from "./upsample.js";

const marker = {
  huffman: 0xc4,
  quantization: 0xdb,
  restartInterval: 0xdd,
  scan: 0xda,
  end: 0xd9,
};
/** A progressive picture has ten scans as a rule. Each may pass over the whole picture for a few bytes of the file. */
const MOST_SCANS = 100;

/** A component: its coefficients so far, and the quantization table it had when its first scan began. */
interface Component extends Coefficients {
  readonly id: number;
  readonly quantization: number;
  table: Int32Array | undefined;
}

/** What the segments of tables have said so far. */
interface Tables {
  readonly quantization: (Int32Array | undefined)[];
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
  restartInterval: number;
}

/** The samples of a JPEG's components, each at the size it is stored in. */
export function readPlanes(bytes: Uint8Array, header: JpegHeader, name: string): Plane[] {
  const { width, height } = header;
  const maxAcross = Math.max(...header.components.map(({ across }) => across));
  const maxDown = Math.max(...header.components.map(({ down }) => down));
  const units = { columns: Math.ceil(width / 8 / maxAcross), rows: Math.ceil(height / 8 / maxDown) };
  const sizes = header.components.map(({ across, down }) => ({
    width: Math.ceil((width * across) / maxAcross),
    height: Math.ceil((height * down) / maxDown),
  }));
  const components = header.components.map((component, c): Component => {
    const stride = units.columns * component.across;
    return {
      ...component,
      columns: Math.ceil(sizes[c]!.width / 8),
      rows: Math.ceil(sizes[c]!.height / 8),
      stride,
      values: new Int16Array(stride * units.rows * component.down * 64),
      table: undefined,
    };
  });
  const tables: Tables = { quantization: [], dc: [], ac: [], restartInterval: 0 };
  let scans = 0;
  let frames = 0;
  for (let offset = 2; ; ) {
    const { type, data, end } = readSegment(bytes, offset, name);
    offset = end;
    if (type === marker.end) break;
    if (type === marker.quantization) readQuantization(data, tables, name);
    else if (type === marker.huffman) readHuffman(data, tables, name);
    else if (type === marker.restartInterval) {
      check(data.length === 2, `${name}: the JPEG restart interval has a wrong length.`);
      tables.restartInterval = (data[0]! << 8) | data[1]!;
    } else if (isFrame(type)) {
      check(++frames === 1, `${name}: a JPEG with several frames is not supported.`);
    } else if (type === marker.scan) {
      check(++scans <= MOST_SCANS, `${name}: a JPEG of more than ${MOST_SCANS} scans is not supported.`);
      const scan = scanOf(data, components, tables, header.progressive, name);
      const bits = new BitReader(bytes, end, name);
      const { restartInterval } = tables;
      readScan(bits, { ...scan, unitColumns: units.columns, unitRows: units.rows, restartInterval });
      offset = bits.toMarker();
    }
  }
  return components.map((component, c) => {
    check(component.table, `${name}: the JPEG data are damaged or truncated: a colour component is missing.`);
    return { ...sizes[c]!, data: samples(component, component.table, sizes[c]!) };
  });
}

function readQuantization(data: Uint8Array, { quantization }: Tables, name: string): void {
  for (let at = 0; at < data.length; ) {
    const [size, number] = [data[at]! >> 4, data[at]! & 15];
    const end = at + 1 + 64 * (size + 1);
    check(size <= 1 && number <= 3 && end <= data.length, `${name}: a JPEG quantization table is damaged.`);
    const table = new Int32Array(64);
    for (let k = 0, p = at + 1; k < 64; k++, p += size + 1)
      table[zigzag[k]!] = size === 0 ? data[p]! : (data[p]! << 8) | data[p + 1]!;
    quantization[number] = table;
    at = end;
  }
}

function readHuffman(data: Uint8Array, tables: Tables, name: string): void {
  for (let at = 0; at < data.length; ) {
    const [kind, number] = [data[at]! >> 4, data[at]! & 15];
    const counts = data.subarray(at + 1, at + 17);
    const end = at + 17 + counts.reduce((a, b) => a + b, 0);
    const symbols = data.slice(at + 17, end);
    // Constant coefficients differ by numbers of up to 15 bits.
    const known = kind === 1 || symbols.every((symbol) => symbol <= 15);
    const fits = kind <= 1 && number <= 3 && end <= data.length && symbols.length <= 256 && known;
    const table = fits ? huffmanTable(counts, symbols) : undefined;
    check(table, `${name}: a JPEG Huffman table is damaged.`);
    tables[kind === 0 ? "dc" : "ac"][number] = table;
    at = end;
  }
}

/** What a scan header asks for (ITU-T T.81, B.2.3), with the tables it names. */
function scanOf(
  data: Uint8Array,
  components: readonly Component[],
  tables: Tables,
  progressive: boolean,
  name: string,
) {
  const count = data[0] ?? 0;
  const [first = 0, last = 0, bits = 0] = data.subarray(1 + 2 * count);
  const [high, low] = [bits >> 4, bits & 15];
  check(
    count >= 1 && count <= components.length && data.length === 4 + 2 * count,
    `${name}: a JPEG scan header is damaged.`,
  );
  const band = first === 0 ? last === 0 : first <= last && last <= 63 && count === 1;
  check(
    progressive ? band && low <= 13 && (high === 0 || high === low + 1) : true,
    () => `${name}: a JPEG scan of coefficients ${first} to ${last}, bits ${high} to ${low}, makes no sense.`,
  );
  const chosen = Array.from({ length: count }, (_, i): ScanComponent => {
    const [id, numbers] = [data[1 + 2 * i]!, data[2 + 2 * i]!];
    const component = components.find((candidate) => candidate.id === id);
    check(component, () => `${name}: a JPEG scan of an unknown colour component ${id}.`);
    const [dc, ac] = [tables.dc[numbers >> 4], tables.ac[numbers & 15]];
    const needsDc = progressive ? first === 0 && high === 0 : true;
    const needsAc = progressive ? first > 0 : true;
    component.table ??= tables.quantization[component.quantization];
    check(
      (dc || !needsDc) && (ac || !needsAc) && component.table,
      `${name}: the JPEG data are damaged or truncated: a scan without its tables.`,
    );
    const { columns, rows, stride, across, down, values } = component;
    return { columns, rows, stride, across, down, values, dc, ac };
  });
  check(
    new Set(chosen.map(({ values }) => values)).size === count,
    `${name}: a JPEG scan header is damaged.`,
  );
  const whole = { first: 0, last: 63, refines: false, low: 0 };
  return {
    components: chosen,
    progressive,
    ...(progressive ? { first, last, refines: high > 0, low } : whole),
  };
}

/** The samples of a component, without what its blocks hold beyond the picture's edge. */
function samples(
  { stride, columns, rows, values }: Component,
  table: Int32Array,
  { width, height }: { width: number; height: number },
): Uint8Array {
  // The type clamps.
  const result = new Uint8ClampedArray(width * height);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const block = inverseCosine(values, (row * stride + column) * 64, table);
      const right = Math.min(8, width - 8 * column);
      const bottom = Math.min(8, height - 8 * row);
      for (let y = 0; y < bottom; y++) {
        const to = (8 * row + y) * width + 8 * column;
        for (let x = 0; x < right; x++) result[to + x] = block[8 * y + x]! + 128;
      }
    }
  }
  return new Uint8Array(result.buffer);
}
