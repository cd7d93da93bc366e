import { check, checkIs, checkOptions, show } from "../errors.js";
import { type BuildOptions, buildModel, type Model, type Port } from "../layers/model.js";
import { usualPatience } from "../platform/download.js";
import { formatShape, type Shape } from "../tensor.js";
import { classNames } from "../weights/class-names.js";
import { type FileOptions, type FileSource, fileOptions, nameOfSource, openFile } from "../weights/source.js";
import { type ExternalData, MOST_BYTES, readExternal } from "./external.js";
import { checkForeign } from "./foreign.js";
import { analyse, type Declared, formatSizes, type Network } from "./network.js";
import { readModel } from "./proto/read.js";
import type { ModelProto } from "./proto/types.js";
import { type BatchedInput, onnxLayer } from "./trace.js";

/** How a file becomes a model. */
export interface ImportOptions
  extends Pick<BuildOptions, "classes" | "runtime" | "prepare" | "winograd" | "linearWeights" | "warm">,
    FileOptions {
  /**
   * Shapes of inputs, batch included, by name: `{ input: [1, 3, 224, 224] }`; or of the only one, `[1, 3, 224, 224]`. Needed
   * where the file leaves height, width or other sizes open. The model then also takes other sizes, where its layers do.
   */
  shapes?: Readonly<Record<string, Shape>> | Shape;
  /**
   * "declared", the default: a batch of fixed size stays fixed, and larger ones are predicted in pieces. "free": the batch
   * may have any size, for example in training.
   */
  batch?: "declared" | "free";
  /** Gives the files in which the model keeps its weights, where they do not lie beside it. */
  externalData?: ExternalData;
}

const IMPORT_OPTIONS = [
  "shapes",
  "batch",
  "externalData",
  "classes",
  "runtime",
  "prepare",
  "winograd",
  "linearWeights",
  "warm",
];

/**
 * Makes a model of an ONNX file: a path or an address, from where it comes as `readWeights` fetches weights, its bytes, a
 * Blob, a stream or a Response. Opsets 7 to 21. The model has the file's weights, names of layers, inputs and outputs,
 * and names of classes where `exportOnnx` wrote it; it can be run, looked into and trained as any other.
 */
export async function importOnnx(source: FileSource, options: ImportOptions = {}): Promise<Model> {
  checkOptions("importOnnx", options, [...IMPORT_OPTIONS, ...fileOptions]);
  const { onProgress, signal, sha256, cache, ...importing } = options;
  const fetching = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  const keeping = { ...(sha256 !== undefined && { sha256 }), ...(cache !== undefined && { cache }) };
  return modelOf(await readOnnx(source, { ...fetching, ...keeping }), importing);
}

/** An ONNX file that was read. */
export interface OnnxSource {
  readonly proto: ModelProto;
  /** As messages call it. */
  readonly file: string;
  /** Its path or address, beside which files with its weights lie; undefined if it was given as bytes. */
  readonly path: string | undefined;
  /** Whether files beside it are kept, as it is itself. */
  readonly cache: FileOptions["cache"];
}

/** Reads an ONNX file, and nothing of what lies beside it. */
export async function readOnnx(source: FileSource, options: FileOptions = {}): Promise<OnnxSource> {
  const file = nameOfSource(source, "The file");
  const tooLarge = `${file} has more than 2 GiB, which no ONNX file may. Keep the weights in a file beside it, or use a smaller model.`;
  const reading: FileOptions = {
    ...options,
    // Found out before it is read, where that is possible.
    onProgress(progress) {
      check((progress.totalBytes ?? 0) < MOST_BYTES, tooLarge);
      options.onProgress?.(progress);
    },
  };
  const proto = await openFile("importOnnx", source, reading, usualPatience, (bytes) => {
    check(bytes.length < MOST_BYTES, tooLarge);
    checkForeign(bytes, file);
    return readModel(bytes, file);
  });
  const path = typeof source === "string" || source instanceof URL ? String(source) : undefined;
  return { proto, file, path, cache: options.cache };
}

/** Makes a model of an ONNX file that was read. */
export async function modelOf(
  { proto, file, path, cache }: OnnxSource,
  options: Omit<ImportOptions, keyof FileOptions> = {},
): Promise<Model> {
  const { shapes: given = {}, batch = "declared", externalData, ...build } = options;
  checkIs(batch === "declared" || batch === "free", "importOnnx: batch", batch, '"declared" or "free"');
  const isFunction = externalData === undefined || typeof externalData === "function";
  checkIs(
    isFunction,
    "importOnnx: externalData",
    externalData,
    "a function that gives the bytes of a file by its name",
  );
  check(proto.graph, () => `${file} is not an ONNX file: it has no graph.`);
  const network = analyse(proto, await readExternal(proto.graph, path, externalData, cache), file);
  const shapes = byName(network, given);
  const ports = network.inputs.map((input) => portOf(network, input, shapes, batch === "free"));

  const outputs = network.outputs.map(({ name }) => name);
  const layer = onnxLayer(network, batchedInput(network, ports));
  const model = await buildModel(layer, ports, { ...build, outputs, warm: false });
  // The model has them now.
  for (const weight of network.weights.values()) {
    weight.tensor = undefined;
    network.constants.delete(weight.name);
  }
  const classes = classNames(Object.fromEntries(proto.metadataProps.map(({ key, value }) => [key, value])));
  if (classes && build.classes === undefined && classes.length === model.outputShape[0])
    model.classes = classes;
  if (build.warm ?? true) await model.warmUp({ unasked: true });
  return model;
}

/** The first input that the file gives a batch of fixed size. */
function batchedInput({ inputs }: Network, ports: readonly Port[]): BatchedInput | undefined {
  const name = ports.find(({ batch }) => batch !== false)?.name;
  const declared = inputs.find((input) => input.name === name)?.sizes?.[0];
  return name !== undefined && typeof declared === "number" ? { name, declared } : undefined;
}

/** An input of the model. The first size is a batch if the outputs have the same. */
function portOf(
  { outputs, contents }: Network,
  input: Declared,
  shapes: Readonly<Record<string, Shape>>,
  free: boolean,
): Port {
  const { name, sizes } = input;
  const given = shapes[name];
  if (contents.has(name)) return { name, shape: [], batch: false, content: true };
  const rank = given?.length ?? sizes?.length;
  check(
    rank !== undefined && (!sizes || rank === sizes.length),
    () =>
      `importOnnx: ${given ? `the shape ${show(given)} does not fit` : "the file does not tell the shape of"} the input ` +
      `"${name}"${given ? `, which is ${formatSizes(input)}` : ""}. Give it: { shapes: { "${name}": [1, 3, 224, 224] } }.`,
  );
  const first = sizes?.[0];
  const isBatch = rank >= 2 && outputs.every(({ sizes: out }) => !out || mayBe(out, first));
  const shape = Array.from({ length: rank }, (_, d) => {
    const size = given?.[d] ?? sizes?.[d];
    if (typeof size === "number") return size;
    check(
      d === 0 && isBatch,
      () =>
        `importOnnx: the input "${name}" has the shape ${formatSizes(input)}, with sizes left open. Give one to build ` +
        `the model for, batch included: { shapes: { "${name}": [1, 3, 224, 224] } }.`,
    );
    return 1;
  });
  const fits = shape.every((size, d) => {
    const own = sizes?.[d];
    const isFixed = typeof own === "number" && !(free && d === 0);
    return Number.isSafeInteger(size) && size >= 0 && (!isFixed || own === size);
  });
  check(
    fits,
    () =>
      `importOnnx: the shape ${formatShape(shape)} does not fit the input "${name}", which is ${formatSizes(input)}.`,
  );
  if (!isBatch) return { name, shape, batch: false };
  return { name, shape, batch: typeof first === "number" && !free ? first : true };
}

/** Whether an output's first size may be the batch that an input has. */
function mayBe(sizes: NonNullable<Declared["sizes"]>, first: number | string | undefined): boolean {
  const [own] = sizes;
  if (sizes.length === 0) return false;
  // PyTorch makes up names, such as "Gemmoutput_dim_0", where it lost sight of the size.
  const isNamed = typeof own === "string" && !/dim_\d+$/.test(own);
  return own === first || (isNamed ? typeof first !== "string" : typeof own !== "number");
}

/** Shapes by the names of inputs, which must be there; a shape by itself is for the only one. */
function byName(
  { inputs }: Network,
  shapes: NonNullable<ImportOptions["shapes"]>,
): Readonly<Record<string, Shape>> {
  const names = inputs.map(({ name }) => `"${name}"`).join(", ");
  if (isShape(shapes)) {
    check(
      inputs.length === 1,
      () =>
        `importOnnx: shapes is ${show(shapes)}, for a single input, but the network has ${inputs.length}: ${names}. Give each its own: ` +
        `{ shapes: { ${inputs[0] ? `"${inputs[0].name}"` : "name"}: [1, 3, 224, 224] } }.`,
    );
    return { [inputs[0]!.name]: shapes };
  }
  for (const name of Object.keys(shapes)) {
    check(
      inputs.some((input) => input.name === name),
      () => `importOnnx: the network has no input "${name}" to give a shape. Its inputs are ${names}.`,
    );
  }
  return shapes;
}

const isShape = (shapes: NonNullable<ImportOptions["shapes"]>): shapes is Shape => Array.isArray(shapes);
