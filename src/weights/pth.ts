import { check, checkOptions, FeatureMapError, show } from "../errors.js";
import { Tensor } from "../tensor.js";
import { ByteReader } from "./byte-reader.js";
import { dtypes, toFloat32 } from "./dtypes.js";
import { unpickle } from "./pickle.js";
import { isLegacy, isTar, MAGIC } from "./pth-forms.js";
import { findStateDict } from "./state-dict.js";
import { gather } from "./strided.js";
import { StorageType, TorchStorage, type TorchTensor, torchGlobal } from "./torch-world.js";
import { isZip, readZip, type ZipEntry } from "./zip.js";

/** The weights that a file holds, and what it says besides. */
export interface WeightsFile {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Record<string, string>;
}

export interface PthOptions {
  /** Which of several dictionaries of tensors, such as "state_dict_ema"; inner ones as "a.b". */
  key?: string;
}

const RESAVE = "Save it again in PyTorch: torch.save(model.state_dict(), path).";
const LEGACY_PROTOCOL = 1001;
/**
 * Reads a file of `torch.save`: the zip form of PyTorch 1.6 and later, and the older form. A pickle in it is read by a
 * machine that knows tensors, containers and numbers and refuses everything else by name: nothing in the file is run.
 * The weights are the one dictionary of tensors in it, whatever a training script put around it; plain numbers and
 * texts beside it become the metadata. Numbers become float32 as in {@link readSafetensors}.
 * @param name of the file, for errors
 * @throws FeatureMapError for files that are damaged, hold anything that weights have no need of, or several sets of weights
 */
export function readPth(
  bytes: Uint8Array | ArrayBuffer,
  name = "pth",
  options: PthOptions = {},
): WeightsFile {
  checkOptions("readPth", options, ["key"]);
  return openPth(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), name)(options.key);
}

/**
 * In two steps: what is wrong with the file shows in the first, what is wrong with the choice in the second.
 * @param own whether the file's bytes are nobody else's: then tensors may be views of them
 */
export function openPth(file: Uint8Array, name: string, own = false): (key?: string) => WeightsFile {
  check(
    !isTar(file),
    () => `${name}: this is the tar form of PyTorch before 0.1.10, which is not supported. ${RESAVE}`,
  );
  check(isZip(file) || isLegacy(file), () => `${name}: this is not a file of torch.save.`);
  const root = isZip(file) ? fromZip(file, name) : fromLegacy(file, name);
  return (key) => {
    const { entries, metadata } = findStateDict(root, name, key);
    return { tensors: materialiseAll(entries, file, name, own), metadata };
  };
}

function materialiseAll(
  entries: readonly [string, TorchTensor][],
  file: Uint8Array,
  name: string,
  own: boolean,
): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  // Tensors may share numbers, or repeat them by strides of 0: what they hold together must stay in proportion.
  let left = 4 * file.length + 2 ** 16;
  for (const [label, tensor] of entries) {
    const what = `${name}: tensor "${label}"`;
    const count = tensor.shape.reduce((product, size) => product * size, 1);
    left -= count;
    check(
      left >= 0,
      () =>
        `${what} of shape [${tensor.shape.join(", ")}] repeats the same numbers too often. Save it as it is: tensor.clone().`,
    );
    tensors.set(label, materialise(tensor, count, what, own));
  }
  return tensors;
}

/** `<folder>/data.pkl` with the objects, `<folder>/data/<key>` with the numbers of each storage. */
function fromZip(file: Uint8Array, name: string): unknown {
  const entries = readZip(file, name);
  const pickle = [...entries.keys()].find((path) => /^[^/]*\/?data\.pkl$/.test(path));
  check(
    pickle !== undefined,
    () => `${name}: this zip file is no file of torch.save, which has a data.pkl in it.`,
  );
  const folder = pickle.slice(0, -"data.pkl".length);
  check(
    !entries.has(`${folder}constants.pkl`),
    () => `${name} holds a compiled model (TorchScript), not only its weights. ${RESAVE}`,
  );
  const stored = (path: string): Uint8Array => {
    const entry: ZipEntry | undefined = entries.get(path);
    check(entry, () => `${name}: "${path}" is missing in the file.`);
    check(
      !entry.deflated,
      () =>
        `${name}: "${path}" is compressed, which PyTorch never does. Unpack the file and pack it without compression.`,
    );
    return entry.bytes;
  };
  if (entries.has(`${folder}byteorder`)) {
    const order = new TextDecoder().decode(stored(`${folder}byteorder`)).trim();
    check(
      order === "little",
      () => `${name}: the byte order is ${show(order)}; only little-endian files are supported.`,
    );
  }
  const storages = new Map<string, TorchStorage>();
  const persistent = (id: unknown): TorchStorage => {
    const { type, key, size } = storageId(id, name);
    let storage = storages.get(`${type.name} ${key}`);
    if (!storage) {
      storage = new TorchStorage(type.dtype, size);
      storage.bytes = sized(stored(`${folder}data/${key}`), storage, `${name}: storage ${key}`);
      storages.set(`${type.name} ${key}`, storage);
    }
    return storage;
  };
  const reader = new ByteReader(stored(pickle), name);
  return unpickle(reader, { global: (module, label) => torchGlobal(module, label, name), persistent }, name);
}

/** Pickles of a magic number, the protocol, the system, the objects and the keys of storages; then the numbers of each. */
function fromLegacy(file: Uint8Array, name: string): unknown {
  const reader = new ByteReader(file, name);
  const storages = new Map<string, TorchStorage>();
  const world = {
    global: (module: string, label: string) => torchGlobal(module, label, name),
    persistent: (id: unknown): TorchStorage => {
      const { type, key, size, view } = storageId(id, name);
      check(
        view === null || view === undefined,
        () => `${name}: storage ${key} is a view of another. ${RESAVE}`,
      );
      const known = storages.get(key);
      const storage = known ?? new TorchStorage(type.dtype, size);
      check(
        storage.dtype === type.dtype && storage.size === size,
        () => `${name}: storage ${key} is described in two ways; the file is damaged.`,
      );
      storages.set(key, storage);
      return storage;
    },
  };
  const next = (): unknown => unpickle(reader, world, name);
  check(next() === MAGIC, () => `${name}: this is not a file of torch.save.`);
  const protocol = next();
  check(
    protocol === LEGACY_PROTOCOL,
    () => `${name}: protocol ${show(protocol)} of torch.save is unknown; it should be ${LEGACY_PROTOCOL}.`,
  );
  const system = next();
  check(
    system instanceof Map && system.get("little_endian") !== false,
    () => `${name}: only little-endian files are supported. ${RESAVE}`,
  );
  const root = next();
  const keys = next();
  check(
    Array.isArray(keys) && keys.every((key) => typeof key === "string") && new Set(keys).size === keys.length,
    () => `${name}: the list of storages is damaged.`,
  );
  for (const key of keys as string[]) {
    const storage = storages.get(key);
    check(storage, () => `${name}: storage ${key} belongs to no tensor; the file is damaged.`);
    const size = reader.u64();
    check(
      size === storage.size,
      () => `${name}: storage ${key} has ${size} elements instead of ${storage.size}; the file is damaged.`,
    );
    storage.bytes = reader.take(size * bytesOf(storage));
  }
  check(
    reader.left === 0,
    () => `${name}: ${reader.left} bytes follow the last storage; they belong to none.`,
  );
  return root;
}

/** ("storage", class, key, place, elements), in the older form with a view of another storage. */
function storageId(
  id: unknown,
  name: string,
): { type: StorageType; key: string; size: number; view: unknown } {
  const [kind, type, key, , size, view] = Array.isArray(id) ? (id as unknown[]) : [];
  if (kind === "module")
    throw new FeatureMapError(`${name} holds a whole pickled model, not only its weights. ${RESAVE}`);
  check(
    kind === "storage" &&
      type instanceof StorageType &&
      typeof key === "string" &&
      Number.isSafeInteger(size) &&
      (size as number) >= 0,
    () => `${name}: ${show(id)} describes no storage.`,
  );
  return { type, key, size: size as number, view };
}

function bytesOf({ dtype }: TorchStorage): number {
  return dtype === undefined ? 1 : dtypes.get(dtype)!.bytes;
}

function sized(bytes: Uint8Array, storage: TorchStorage, what: string): Uint8Array {
  const expected = storage.size * bytesOf(storage);
  check(
    bytes.length === expected,
    () => `${what} has ${bytes.length} bytes instead of ${expected}; the file is damaged.`,
  );
  return bytes;
}

function materialise(
  { storage, dtype, offset, shape, strides }: TorchTensor,
  count: number,
  what: string,
  own: boolean,
): Tensor {
  const type = dtypes.get(dtype)!;
  const { bytes } = storage;
  check(bytes, () => `${what}: its numbers are missing in the file.`);
  if (count === 0) return new Tensor(new Float32Array(0), shape);
  const span = shape.reduce((sum, size, d) => sum + (size - 1) * strides[d]!, 1);
  check(
    (offset + span) * type.bytes <= bytes.length,
    () =>
      `${what}: it reaches to element ${offset + span} of a storage of ${Math.floor(bytes.length / type.bytes)}; the file is damaged.`,
  );
  const part = bytes.subarray(offset * type.bytes, (offset + span) * type.bytes);
  const values = isRowMajor(shape, strides)
    ? toFloat32(type, part, what, own)
    : toFloat32(type, gathered(part, type.bytes, count, shape, strides), what, true);
  return new Tensor(values, shape);
}

/** The strides of dimensions of size 1 do not matter. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== expected) return false;
    expected *= shape[d]!;
  }
  return true;
}

function gathered(
  part: Uint8Array,
  elementBytes: number,
  count: number,
  shape: readonly number[],
  strides: readonly number[],
): Uint8Array {
  // A copy is aligned, as the wider arrays need it.
  const from = part.slice().buffer;
  const into = new ArrayBuffer(count * elementBytes);
  const copy = <T>(as: (buffer: ArrayBuffer) => { readonly length: number; [index: number]: T }): void =>
    gather(as(into), as(from), shape, strides);
  if (elementBytes === 8) copy((buffer) => new BigUint64Array(buffer));
  else if (elementBytes === 4) copy((buffer) => new Uint32Array(buffer));
  else if (elementBytes === 2) copy((buffer) => new Uint16Array(buffer));
  else copy((buffer) => new Uint8Array(buffer));
  return new Uint8Array(into);
}
