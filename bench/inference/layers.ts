// Single layers by the lists in bench/shapes: each is a network of one layer.
import { readdirSync, readFileSync } from "node:fs";
import { avgPool2d, conv2d, type Layer, linear, maxPool2d } from "featuremap";

const FOLDER = "bench/shapes";
const COLUMNS = ["op", "n", "c", "k", "kernel", "stride", "pad", "h", "w", "groups", "share"] as const;

export interface LayerEntry {
  /** "resnet/conv2": the list and the name in it. */
  readonly name: string;
  readonly layer: Layer;
  /** Shape of the input, with the batch. */
  readonly input: readonly number[];
  /** "3x3 64-64 at 56x56". */
  readonly title: string;
  /** What is asked of it: how much of what a loop in registers reaches. */
  readonly share: number | null;
}

/** All layers whose name, with its list's before it, begins so: "resnet/conv2", "resnet", "" for all. */
export function layersUnder(prefix: string): LayerEntry[] {
  return readdirSync(FOLDER)
    .sort()
    .flatMap((file) => readList(file).filter(({ name }) => name.startsWith(prefix)));
}

function readList(file: string): LayerEntry[] {
  const lines = readFileSync(`${FOLDER}/${file}`, "utf8").split("\n");
  return lines
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [name, ...cells] = line.trim().split(/\s+/);
      if (cells.length !== COLUMNS.length)
        throw new Error(`${file}: "${line}" is not: name ${COLUMNS.join(" ")}`);
      return entry(
        `${file.replace(/\.txt$/, "")}/${name}`,
        Object.fromEntries(COLUMNS.map((column, i) => [column, cells[i]!])) as Cells,
      );
    });
}

type Cells = Record<(typeof COLUMNS)[number], string>;

function entry(name: string, cells: Cells): LayerEntry {
  const number = (column: keyof Cells): number => Number(cells[column]);
  const [n, c, k, h, w] = [number("n"), number("c"), number("k"), number("h"), number("w")];
  const [stride, groups] = [number("stride"), number("groups")];
  const [kernel, padding] = [pair(cells.kernel), pair(cells.pad)];
  const pooling = { stride, padding };
  const layers: Readonly<Record<string, () => Layer>> = {
    conv: () => conv2d(k, kernel, { stride, padding, groups }),
    maxPool: () => maxPool2d(kernel, pooling),
    average: () => avgPool2d(kernel, pooling),
    linear: () => linear(k),
  };
  const make = layers[cells.op];
  if (!make) throw new Error(`${name}: there is no "${cells.op}": ${Object.keys(layers).join(", ")}.`);
  const kind =
    cells.op === "conv"
      ? kernel.join("x")
      : cells.op === "linear"
        ? "linear"
        : `${cells.op} ${kernel.join("x")}`;
  const words = [
    kind,
    stride > 1 && `stride ${stride}`,
    groups > 1 && (groups === c ? "depthwise" : `${groups} groups`),
    c === k ? c : `${c}-${k}`,
    cells.op !== "linear" && `at ${h}x${w}`,
    n > 1 && `batch ${n}`,
  ];
  return {
    name,
    layer: make(),
    input: cells.op === "linear" ? [n, c] : [n, c, h, w],
    title: words.filter(Boolean).join(" "),
    share: cells.share === "-" ? null : Number(cells.share),
  };
}

/** "3" or "1x7". */
function pair(text: string): [number, number] {
  const [a, b = a] = text.split("x").map(Number);
  return [a!, b!];
}
