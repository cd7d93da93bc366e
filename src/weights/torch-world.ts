// What the pickles of PyTorch may name, and what stands for it here. Nothing else is accepted, and nothing is run.

import { check, FeatureMapError, show } from "../errors.js";
import { isSizes } from "./dtypes.js";
import { numpyGlobals } from "./numpy-scalars.js";
import { type Buildable, Callable } from "./pickle.js";

/** The numbers of one or several tensors. */
export class TorchStorage {
  /** As they lie in the file, once they have been found there. */
  bytes: Uint8Array | undefined;

  constructor(
    /** Of {@link dtypes}; undefined for raw bytes, whose readers know better. */
    readonly dtype: string | undefined,
    /** Elements, or bytes of raw ones. */
    readonly size: number,
  ) {}
}

/** A tensor as a file describes it: elements of a storage at strides. */
export interface TorchTensor {
  readonly storage: TorchStorage;
  readonly dtype: string;
  /** Like strides, in elements. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A class of storages, such as torch.FloatStorage. */
export class StorageType {
  constructor(
    readonly name: string,
    readonly dtype: string | undefined,
  ) {}
}

/** A constant of torch, such as torch.float32 or torch.device("cuda"): kept as its name. */
export class TorchConstant {
  constructor(readonly name: string) {}
}

const storageTypes: Readonly<Record<string, string | undefined>> = {
  ...{ FloatStorage: "F32", DoubleStorage: "F64", HalfStorage: "F16", BFloat16Storage: "BF16" },
  ...{ ByteStorage: "U8", CharStorage: "I8", ShortStorage: "I16", IntStorage: "I32", LongStorage: "I64" },
  ...{ BoolStorage: "BOOL", UntypedStorage: undefined },
};

const elementTypes: Readonly<Record<string, string>> = {
  ...{
    float32: "F32",
    float: "F32",
    float64: "F64",
    double: "F64",
    float16: "F16",
    half: "F16",
    bfloat16: "BF16",
  },
  ...{ uint8: "U8", uint16: "U16", uint32: "U32", uint64: "U64", bool: "BOOL" },
  ...{ int8: "I8", int16: "I16", short: "I16", int32: "I32", int: "I32", int64: "I64", long: "I64" },
};

/** More than any network has: a tensor's shape must not be a list of millions. */
const DIMENSIONS = 64;

const REMEDY =
  "Nothing in a file is ever run. Save the weights alone, in PyTorch: torch.save(model.state_dict(), path).";

/** Whether an object out of a pickle is a tensor. */
export function isTorchTensor(value: unknown): value is TorchTensor {
  return tensors.has(value as object);
}

/** Made by the functions below: nothing else that looks like one is taken for a tensor. */
const tensors = new WeakSet<object>();

/**
 * What `module.name` stands for in a file of PyTorch.
 * @param file its name, for errors
 * @throws FeatureMapError for everything that weights have no need of
 */
export function torchGlobal(module: string, name: string, file: string): unknown {
  const path = `${module}.${name}`;
  const known = globals.get(path);
  if (known !== undefined) return typeof known === "function" ? new Callable(path, known(file)) : known;
  const [, constant] = /^torch\.(\w+)$/.exec(path) ?? [];
  const storage = /^torch\.(?:storage\.|cuda\.)?(\w+Storage)$/.exec(path)?.[1];
  if (storage !== undefined && Object.hasOwn(storageTypes, storage))
    return new StorageType(storage, storageTypes[storage]);
  check(
    storage === undefined,
    () => `${file}: ${path} is not supported. Convert such tensors in PyTorch: tensor.float().`,
  );
  if (
    constant !== undefined &&
    (Object.hasOwn(elementTypes, constant) || /^(q?u?int|complex|float|bits)\d\w*$/.test(constant))
  )
    return new TorchConstant(path);
  const isModel = /^(__main__|torch\.nn\.|torchvision\.models\.|timm\.|.*\bmodels?\b)/.test(module);
  throw new FeatureMapError(
    isModel
      ? `${file} holds a whole pickled model, of the class ${path}, not only its weights. ${REMEDY}`
      : `${file}: the file wants to use ${path}, which weights have no need of. ${REMEDY}`,
  );
}

/** A function that a file may call; it is given the file's name, for errors. */
type Maker = (file: string) => (args: readonly unknown[]) => unknown;

/** argparse.Namespace, in which many training scripts keep their options: a dictionary. */
class Namespace extends Map<unknown, unknown> implements Buildable {
  build(state: unknown): void {
    if (state instanceof Map) for (const [key, value] of state) this.set(key, value);
  }
}

const dictionary: Maker =
  (file) =>
  ([items]) => {
    if (items === undefined || items instanceof Map) return new Map(items);
    const pairs = Array.isArray(items) && items.every((pair) => Array.isArray(pair) && pair.length === 2);
    check(pairs, () => `${file}: a dictionary is made of ${show(items)}, which are no pairs.`);
    return new Map(items as [unknown, unknown][]);
  };

const defaultDictionary: Maker =
  (file) =>
  ([, items]) =>
    dictionary(file)(items === undefined ? [] : [items]);

const list: Maker =
  (file) =>
  ([items = []]) => {
    check(
      Array.isArray(items) || items instanceof Set,
      () => `${file}: a list is made of ${show(items)}, which is none.`,
    );
    return [...items];
  };

const set: Maker = (file) => (args) => new Set(list(file)(args) as unknown[]);

/** Bytes, which protocol 2 writes as text: one character a byte. */
const encode: Maker =
  (file) =>
  ([text, encoding]) => {
    check(
      typeof text === "string" && encoding === "latin1",
      () => `${file}: a text is encoded as ${show(encoding)}; only latin1 is known.`,
    );
    return Uint8Array.from(text, (char) => char.charCodeAt(0));
  };

const device: Maker = () => (args) => new TorchConstant(`device ${args.map(String).join(":")}`);

/** The third version has the type of elements where the second one has metadata. */
const rebuildTensor: Maker =
  (file) =>
  ([storage, offset, shape, strides, ...rest]) =>
    describe(file, storage, offset, shape, strides, rest[2]);

const rebuildParameter: Maker =
  (file) =>
  ([data]) => {
    check(isTorchTensor(data), () => `${file}: a parameter is made of ${show(data)}, which is no tensor.`);
    return data;
  };

/** A tensor with attributes of its own, which do not matter here. */
const rebuildFromType: Maker =
  (file) =>
  ([rebuild, type, args]) => {
    const plain = type instanceof TorchConstant && rebuild instanceof Callable && Array.isArray(args);
    check(plain, () => `${file}: a tensor of the class ${show(type)} cannot be read. ${REMEDY}`);
    return rebuild.call(args);
  };

function describe(
  file: string,
  storage: unknown,
  offset: unknown,
  shape: unknown,
  strides: unknown,
  dtype: unknown,
): TorchTensor {
  check(storage instanceof TorchStorage, () => `${file}: a tensor's storage is ${show(storage)}.`);
  const sizes = [shape, strides].every(
    (list) => Array.isArray(list) && list.length <= DIMENSIONS && isSizes(list),
  );
  check(
    isSizes([offset]) && sizes && (shape as number[]).length === (strides as number[]).length,
    () =>
      `${file}: a tensor has the offset ${show(offset)}, shape ${show(shape)} and strides ${show(strides)}.`,
  );
  const type =
    dtype instanceof TorchConstant ? elementTypes[dtype.name.slice("torch.".length)] : storage.dtype;
  check(
    type !== undefined,
    () =>
      `${file}: tensors of the type ${dtype instanceof TorchConstant ? dtype.name : "of raw bytes"} are not supported. ` +
      "Convert them in PyTorch: tensor.float().",
  );
  const tensor = {
    storage,
    dtype: type,
    offset: offset as number,
    shape: shape as number[],
    strides: strides as number[],
  };
  tensors.add(tensor);
  return tensor;
}

/** Functions by their names in Python, and constants. */
const globals = new Map<string, Maker | TorchConstant | object>([
  ["torch._utils._rebuild_tensor", rebuildTensor],
  ["torch._utils._rebuild_tensor_v2", rebuildTensor],
  ["torch._utils._rebuild_tensor_v3", rebuildTensor],
  ["torch._utils._rebuild_parameter", rebuildParameter],
  ["torch._utils._rebuild_parameter_with_state", rebuildParameter],
  ["torch._tensor._rebuild_from_type_v2", rebuildFromType],
  ["torch.Size", list],
  ["torch.device", device],
  ["collections.OrderedDict", dictionary],
  ["collections.Counter", dictionary],
  ["collections.defaultdict", defaultDictionary],
  ["argparse.Namespace", (() => () => new Namespace()) satisfies Maker],
  ["_codecs.encode", encode],
  // Python 2's names, which protocols up to 2 keep, and Python 3's.
  ...["__builtin__", "builtins"].flatMap((module): [string, Maker][] => [
    [`${module}.dict`, dictionary],
    [`${module}.list`, list],
    [`${module}.tuple`, list],
    [`${module}.set`, set],
    [`${module}.frozenset`, set],
  ]),
  ...["torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer"].map(
    (path): [string, TorchConstant] => [path, new TorchConstant(path)],
  ),
  ...numpyGlobals,
]);
