import { check, FeatureMapError, show } from "../errors.js";
import type { ByteReader } from "./byte-reader.js";

// The opcodes: https://github.com/python/cpython/blob/main/Lib/pickletools.py

/** A class or function that a pickle may call, and what that gives here. It is never Python's own. */
export class Callable {
  constructor(
    /** In Python, with its module. */
    readonly name: string,
    readonly call: (args: readonly unknown[]) => unknown,
  ) {}
}

/** An object whose attributes a pickle may set. */
export interface Buildable {
  build(state: unknown): void;
}

/** What a pickle's names stand for. Each may throw for what is not known. */
export interface PickleWorld {
  /** A class, a function or a constant. */
  global(module: string, name: string): unknown;
  /** What lies outside of the pickle, such as the numbers of a tensor. */
  persistent(id: unknown): unknown;
}

/** Calls may copy what they are given; together, in proportion to the pickle's bytes. */
const WORK_FACTOR = 16;
const FREE_WORK = 2 ** 16;

/** Longer integers are no sizes, counts or numbers of any use. */
const INTEGER_LIMIT = 255;

/**
 * Reads one pickle (protocols 0 to 5) by a machine that only builds containers, numbers and texts. Lists and tuples
 * become arrays, dictionaries Maps, None null, long integers bigints; every other object comes from `world`, so nothing
 * that the file says is ever executed.
 * @throws FeatureMapError for damage, and for opcodes that have no place in a file of weights
 */
export function unpickle(reader: ByteReader, world: PickleWorld, name: string): unknown {
  const machine = new Machine(reader, world, name);
  while (true) {
    const at = reader.position;
    const code = reader.u8();
    if (code === STOP) return machine.pop();
    const run = opcodes.get(code);
    check(
      run,
      () => `${name}: the pickle is damaged: there is no opcode 0x${code.toString(16)} (at byte ${at}).`,
    );
    run(machine);
  }
}

class Machine {
  readonly stack: unknown[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, unknown>();
  #work: number;

  constructor(
    readonly reader: ByteReader,
    readonly world: PickleWorld,
    readonly name: string,
  ) {
    this.#work = WORK_FACTOR * reader.left + FREE_WORK;
  }

  fail(reason: string): never {
    throw new FeatureMapError(
      `${this.name}: the pickle is damaged: ${reason} (before byte ${this.reader.position}).`,
    );
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    this.#needsOne();
    return this.stack.pop();
  }

  top(): unknown {
    this.#needsOne();
    return this.stack.at(-1);
  }

  mark(): void {
    this.#marks.push(this.stack.length);
  }

  /** What was pushed since the last mark, which is gone. */
  popToMark(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) this.fail("a mark is missing");
    return this.stack.splice(mark);
  }

  popMany(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** As POP does it: a value, or a mark where none was pushed since. */
  drop(): void {
    if (this.#marks.at(-1) === this.stack.length) this.#marks.pop();
    else this.pop();
  }

  memoize(key = this.#memo.size): void {
    this.#memo.set(key, this.top());
  }

  recall(key: number): void {
    if (!this.#memo.has(key)) this.fail(`the memo has nothing at ${key}`);
    this.push(this.#memo.get(key));
  }

  call(callable: unknown, args: unknown): void {
    if (!(callable instanceof Callable)) this.fail(`${show(callable)} is called, which is no function`);
    if (!Array.isArray(args)) this.fail(`${callable.name} is called with ${show(args)}, which is no tuple`);
    for (const arg of args) this.#spend(arg);
    this.push(callable.call(args));
  }

  append(items: readonly unknown[]): void {
    const list = this.top();
    if (list instanceof Set) for (const item of items) list.add(item);
    else if (Array.isArray(list)) for (const item of items) list.push(item);
    else this.fail(`items are added to ${show(list)}, which is no list`);
  }

  setItems(items: readonly unknown[]): void {
    const dictionary = this.top();
    if (!(dictionary instanceof Map))
      this.fail(`items are set in ${show(dictionary)}, which is no dictionary`);
    this.#fill(dictionary, items);
  }

  dictionary(items: readonly unknown[]): Map<unknown, unknown> {
    return this.#fill(new Map(), items);
  }

  /** Attributes of an object. Those of a dictionary (torch keeps the versions of layers there) are not needed. */
  build(): void {
    const state = this.pop();
    const object = this.top();
    this.#spend(state);
    if (isBuildable(object)) object.build(state);
    else if (!(object instanceof Map)) this.fail(`attributes are set on ${show(object)}, which has none`);
  }

  global(module: unknown, name: unknown): void {
    if (typeof module !== "string" || typeof name !== "string") this.fail("a global has no name");
    this.push(this.world.global(module, name));
  }

  index(text: string): number {
    const index = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(index)) this.fail(`${show(text)} is no index`);
    return index;
  }

  #fill(dictionary: Map<unknown, unknown>, items: readonly unknown[]): Map<unknown, unknown> {
    if (items.length % 2 !== 0) this.fail("a key has no value");
    for (let i = 0; i < items.length; i += 2) dictionary.set(items[i], items[i + 1]);
    return dictionary;
  }

  /** Otherwise a few bytes, a call of `list` with a long one, could be repeated for hours. */
  #spend(on: unknown): void {
    if (Array.isArray(on) || typeof on === "string") this.#work -= on.length;
    else if (on instanceof Map || on instanceof Set) this.#work -= on.size;
    if (this.#work < 0) this.fail("it copies the same values over and over");
  }

  #needsOne(): void {
    if (this.stack.length <= (this.#marks.at(-1) ?? 0)) this.fail("a value is missing");
  }
}

function isBuildable(object: unknown): object is Buildable {
  return typeof object === "object" && object !== null && typeof (object as Buildable).build === "function";
}

type Step = (machine: Machine) => void;

const STOP = ".".charCodeAt(0);
const latin1 = new TextDecoder("latin1");

/** Texts are UTF-8; Python's lone surrogates become replacement characters. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

const push =
  (value: (machine: Machine) => unknown): Step =>
  (machine) =>
    machine.push(value(machine));
const bytes = (length: (reader: ByteReader) => number): Step =>
  push(({ reader }) => reader.take(length(reader)).slice());
const unicode = (length: (reader: ByteReader) => number): Step =>
  push(({ reader }) => utf8.decode(reader.take(length(reader))));
const string = (length: (reader: ByteReader) => number): Step =>
  push(({ reader }) => latin1.decode(reader.take(length(reader))));
const line = ({ reader }: Machine): string => latin1.decode(reader.line());
const refuse =
  (what: string): Step =>
  ({ name }) => {
    throw new FeatureMapError(`${name}: the pickle uses ${what}, which files of weights have no need of.`);
  };

/** By their codes; those of protocols 0 and 1 are letters. */
const opcodes = new Map<number, Step>(
  (
    [
      // Numbers and constants.
      ["N", push(() => null)],
      ["I", push(decimal)],
      ["L", push(decimal)],
      ["J", push(({ reader }) => reader.i32())],
      ["K", push(({ reader }) => reader.u8())],
      ["M", push(({ reader }) => reader.u16())],
      ["F", push(float)],
      ["G", push(({ reader }) => reader.f64BigEndian())],
      [0x88, push(() => true)],
      [0x89, push(() => false)],
      [0x8a, push((machine) => integer(machine, machine.reader.u8()))],
      [0x8b, push((machine) => integer(machine, machine.reader.u32()))],
      // Texts and bytes.
      ["S", push(quoted)],
      ["T", string((reader) => reader.u32())],
      ["U", string((reader) => reader.u8())],
      ["V", push(escaped)],
      ["X", unicode((reader) => reader.u32())],
      [0x8c, unicode((reader) => reader.u8())],
      [0x8d, unicode((reader) => reader.u64())],
      ["B", bytes((reader) => reader.u32())],
      ["C", bytes((reader) => reader.u8())],
      [0x8e, bytes((reader) => reader.u64())],
      [0x96, bytes((reader) => reader.u64())],
      // Containers.
      ["(", (machine) => machine.mark()],
      ["]", push(() => [])],
      [")", push(() => [])],
      ["}", push(() => new Map())],
      [0x8f, push(() => new Set())],
      ["l", push((machine) => machine.popToMark())],
      ["t", push((machine) => machine.popToMark())],
      [0x85, push((machine) => machine.popMany(1))],
      [0x86, push((machine) => machine.popMany(2))],
      [0x87, push((machine) => machine.popMany(3))],
      ["d", push((machine) => machine.dictionary(machine.popToMark()))],
      [0x91, push((machine) => new Set(machine.popToMark()))],
      ["a", (machine) => machine.append([machine.pop()])],
      ["e", (machine) => machine.append(machine.popToMark())],
      [0x90, (machine) => machine.append(machine.popToMark())],
      ["s", (machine) => machine.setItems(machine.popMany(2))],
      ["u", (machine) => machine.setItems(machine.popToMark())],
      // The stack and the memo.
      ["0", (machine) => machine.drop()],
      ["1", (machine) => void machine.popToMark()],
      ["2", push((machine) => machine.top())],
      ["p", (machine) => machine.memoize(machine.index(line(machine)))],
      ["q", (machine) => machine.memoize(machine.reader.u8())],
      ["r", (machine) => machine.memoize(machine.reader.u32())],
      [0x94, (machine) => machine.memoize()],
      ["g", (machine) => machine.recall(machine.index(line(machine)))],
      ["h", (machine) => machine.recall(machine.reader.u8())],
      ["j", (machine) => machine.recall(machine.reader.u32())],
      // Classes, functions and what they make.
      [
        "c",
        (machine) => machine.global(utf8.decode(machine.reader.line()), utf8.decode(machine.reader.line())),
      ],
      [0x93, (machine) => machine.global(...(machine.popMany(2) as [unknown, unknown]))],
      ["R", (machine) => machine.call(...(machine.popMany(2) as [unknown, unknown]))],
      [0x81, (machine) => machine.call(...(machine.popMany(2) as [unknown, unknown]))],
      [0x92, newWithNames],
      ["o", ofClass],
      ["i", instance],
      ["b", (machine) => machine.build()],
      ["P", push((machine) => machine.world.persistent(line(machine)))],
      ["Q", push((machine) => machine.world.persistent(machine.pop()))],
      // The frame of a pickle.
      [0x80, protocol],
      [0x95, ({ reader }) => void reader.u64()],
      ...[0x82, 0x83, 0x84].map((code) => [code, refuse("the extension registry")] as const),
      ...[0x97, 0x98].map((code) => [code, refuse("out-of-band buffers")] as const),
    ] as (readonly [string | number, Step])[]
  ).map(([code, step]) => [typeof code === "string" ? code.charCodeAt(0) : code, step]),
);

function protocol(machine: Machine): void {
  const version = machine.reader.u8();
  if (version > 5) machine.fail(`protocol ${version} is unknown; 0 to 5 are supported`);
}

/** Protocol 0 writes booleans as I00 and I01. */
function decimal(machine: Machine): number | bigint | boolean {
  const text = line(machine).replace(/L$/, "");
  if (text === "00" || text === "01") return text === "01";
  if (!/^[+-]?\d+$/.test(text) || text.length > INTEGER_LIMIT)
    machine.fail(`${show(text.slice(0, 40))} is no integer`);
  return simplest(BigInt(text.replace("+", "")));
}

/** A little-endian integer in two's complement. */
function integer(machine: Machine, length: number): number | bigint {
  if (length > INTEGER_LIMIT) machine.fail(`an integer of ${length} bytes is too long`);
  let value = 0n;
  const digits = machine.reader.take(length);
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i]!);
  return simplest(BigInt.asIntN(8 * length, value));
}

function simplest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function float(machine: Machine): number {
  const text = line(machine);
  const value = /^-?inf$/.test(text) ? (text[0] === "-" ? -Infinity : Infinity) : Number(text);
  if (text.trim() === "" || (Number.isNaN(value) && text !== "nan"))
    machine.fail(`${show(text.slice(0, 40))} is no number`);
  return value;
}

/** A text of Python 2, with its quotes. Names need no escapes other than these. */
function quoted(machine: Machine): string {
  const [, , inner] = /^(["'])(.*)\1$/s.exec(line(machine)) ?? machine.fail("a text has no quotes");
  return inner!.replace(/\\(x[0-9a-f]{2}|.)/gis, (_, code: string) =>
    code.length === 3
      ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
      : ({ n: "\n", r: "\r", t: "\t" }[code] ?? code),
  );
}

function escaped(machine: Machine): string {
  return line(machine).replace(/\\u([0-9a-f]{4})|\\U([0-9a-f]{8})/gi, (_, short?: string, long?: string) => {
    const code = Number.parseInt((short ?? long)!, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}

function newWithNames(machine: Machine): void {
  const [callable, args, named] = machine.popMany(3);
  if (!(named instanceof Map) || named.size > 0) machine.fail("an object is made with arguments by name");
  machine.call(callable, args);
}

function ofClass(machine: Machine): void {
  const [callable, ...args] = machine.popToMark();
  machine.call(callable, args);
}

function instance(machine: Machine): void {
  const args = machine.popToMark();
  machine.global(line(machine), line(machine));
  machine.call(machine.pop(), args);
}
