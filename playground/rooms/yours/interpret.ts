// A small part of JavaScript, enough to write networks: what is not listed here does not exist, so that a source can do
// nothing but describe a network. It is parsed and walked, never run.

import type { Expression, Pattern, Program, Statement } from "acorn";
import { FeatureMapError, inits, type Layer, type Network, network } from "featuremap";
import { catalog } from "./catalog.js";
import { guess, Mistake, type Span } from "./mistake.js";
import { foreign, parsed } from "./syntax.js";

/** A source that was understood. */
export interface Written {
  /** The network that it describes. Where a layer fails, {@link blamed} is called before the error goes on. */
  readonly network: Network;
  /** Where the layer was written that failed while the network was traced. */
  readonly blamed: () => Span | undefined;
  /** Where each layer was written that was traced, by its name. */
  readonly places: ReadonlyMap<string, Span>;
  /** Layers and others of the library that it uses. */
  readonly uses: readonly string[];
  /** Where the network itself begins, if it stands by itself rather than under a name. */
  readonly result: Span | undefined;
}

/** Bounds for sources that would not come to an end. */
const MOST_LETTERS = 20_000;
const MOST_STEPS = 50_000;
const MOST_DEPTH = 50;
const MOST_LAYERS = 1000;
const MOST_NUMBER = 10_000;
const MOST_SCALE = 32;
/** Numbers in a layer's output for one image: 4 MB. */
const MOST_VALUES = 2 ** 20;

/** An arrow function of the source. */
class Arrow {
  constructor(
    readonly params: readonly Pattern[],
    readonly body: Expression | Extract<Statement, { type: "BlockStatement" }>,
    readonly scope: Names,
  ) {}
}

type Names = ReadonlyMap<string, unknown> | Map<string, unknown>;

const library = new Map<string, unknown>([
  ...Object.entries(catalog).map(([name, { make }]) => [name, make] as const),
  ["inits", inits],
  ["undefined", undefined],
]);
const makers = new Set<unknown>(Object.values(catalog).map(({ make }) => make));

const math: Readonly<Record<string, (...numbers: number[]) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  min: Math.min,
  max: Math.max,
  sqrt: Math.sqrt,
};

const arithmetic: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "**": (a, b) => a ** b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** Reads a source as a network. Throws a {@link Mistake}. */
export function interpret(source: string): Written {
  const whole = { start: 0, end: source.length };
  if (source.length > MOST_LETTERS) {
    throw new Mistake(
      `The text is longer than ${MOST_LETTERS.toLocaleString("en")} letters, more than this page reads.`,
      whole,
    );
  }
  try {
    return new Interpreter().run(parsed(source));
  } catch (error) {
    if (error instanceof RangeError) throw new Mistake("There are too many brackets within brackets.", whole);
    throw error;
  }
}

const isLayer = (value: unknown): value is Layer =>
  typeof value === "object" && value !== null && typeof (value as Layer).apply === "function";

class Interpreter {
  readonly #uses = new Set<string>();
  readonly #places = new Map<string, Span>();
  #blamed: Span | undefined;
  #steps = 0;
  #depth = 0;
  #applied = 0;

  run({ body, start, end }: Program): Written {
    const globals = new Map<string, unknown>();
    let last: { value: unknown; span: Span; isNamed: boolean } | undefined;
    for (const statement of body) {
      switch (statement.type) {
        case "ImportDeclaration":
          this.#import(statement);
          continue;
        case "EmptyStatement":
          continue;
        case "ExpressionStatement":
          last = {
            value: this.#value(statement.expression, globals),
            span: statement.expression,
            isNamed: false,
          };
          continue;
        case "ExportNamedDeclaration":
        case "VariableDeclaration": {
          const declaration = statement.type === "VariableDeclaration" ? statement : statement.declaration;
          if (declaration?.type !== "VariableDeclaration") throw foreign(statement);
          last = { value: this.#declare(declaration, globals), span: declaration, isNamed: true };
          continue;
        }
        default:
          throw foreign(statement);
      }
    }
    const whole = { start, end: Math.max(end, start + 1) };
    if (!last) throw new Mistake("Write a network: sequential([ ... ]).", whole);
    if (!isLayer(last.value)) {
      throw new Mistake("The last line must be the network, as in sequential([ ... ]).", last.span);
    }
    const made = last.value;
    return {
      network: network(made),
      blamed: () => this.#blamed,
      places: this.#places,
      uses: [...this.#uses],
      result: last.isNamed ? undefined : last.span,
    };
  }

  #import({ source, specifiers }: Extract<Program["body"][number], { type: "ImportDeclaration" }>): void {
    if (source.value !== "featuremap") {
      throw new Mistake(
        'Only "featuremap" can be imported from here, and its layers are there without.',
        source,
      );
    }
    for (const specifier of specifiers) {
      const { name } = specifier.local;
      const isPlain = specifier.type === "ImportSpecifier" && "name" in specifier.imported;
      if (!isPlain || (specifier.imported as { name: string }).name !== name) {
        throw new Mistake("Import layers under their own names, as in import { conv2d }.", specifier);
      }
      if (!library.has(name)) throw new Mistake(unknown(name, library.keys()), specifier);
    }
  }

  /** Adds the constants to the names, and gives the last one's value. */
  #declare(
    { kind, declarations }: Extract<Statement, { type: "VariableDeclaration" }>,
    names: Map<string, unknown>,
  ): unknown {
    let value: unknown;
    for (const { id, init } of declarations) {
      if (kind !== "const") throw new Mistake(`Nothing changes here: write const instead of ${kind}.`, id);
      if (id.type !== "Identifier" || !init) throw foreign(id);
      value = this.#value(init, names);
      names.set(id.name, value);
    }
    return value;
  }

  #value(node: Expression, names: Names): unknown {
    this.#count(node);
    switch (node.type) {
      case "Literal":
        if (!["number", "string", "boolean"].includes(typeof node.value)) throw foreign(node);
        return node.value;
      case "Identifier":
        return this.#named(node.name, node, names);
      case "ParenthesizedExpression":
        return this.#value(node.expression, names);
      case "ArrayExpression":
        return this.#list(node.elements, names, node);
      case "ObjectExpression":
        return this.#object(node, names);
      case "ArrowFunctionExpression":
        if (node.async) throw foreign(node);
        return new Arrow(node.params, node.body, names);
      case "CallExpression":
        return this.#call(node, names);
      case "ConditionalExpression":
        return this.#value(this.#value(node.test, names) ? node.consequent : node.alternate, names);
      case "UnaryExpression": {
        const value = this.#value(node.argument, names);
        if (node.operator === "!") return !value;
        if (node.operator !== "-" && node.operator !== "+") throw foreign(node);
        const number = this.#number(value, node.argument);
        return node.operator === "-" ? -number : number;
      }
      case "BinaryExpression": {
        const { left, right, operator } = node;
        if (left.type === "PrivateIdentifier") throw foreign(node);
        const [a, b] = [this.#value(left, names), this.#value(right, names)];
        if (operator === "===") return a === b;
        if (operator === "!==") return a !== b;
        const compute = arithmetic[operator];
        if (!compute) throw foreign(node);
        return compute(this.#number(a, left), this.#number(b, right));
      }
      default:
        throw foreign(node);
    }
  }

  #number(value: unknown, span: Span): number {
    if (typeof value === "number") return value;
    throw new Mistake("Arithmetic is for numbers alone, and this is none.", span);
  }

  #named(name: string, span: Span, names: Names): unknown {
    if (names.has(name)) return names.get(name);
    if (name === "custom") {
      throw new Mistake(
        "custom makes a layer of a program, and this page reads networks without running them. Use it in a program.",
        span,
      );
    }
    if (!library.has(name)) throw new Mistake(unknown(name, [...names.keys(), ...library.keys()]), span);
    if (name !== "undefined") this.#uses.add(name);
    return library.get(name);
  }

  #list(
    elements: Extract<Expression, { type: "ArrayExpression" }>["elements"] | readonly Expression[],
    names: Names,
    span: Span,
  ): unknown[] {
    const list: unknown[] = [];
    for (const element of elements) {
      if (!element) throw new Mistake("There is a comma without anything before it.", span);
      if (element.type !== "SpreadElement") {
        list.push(this.#value(element, names));
        continue;
      }
      const more = this.#value(element.argument, names);
      if (!Array.isArray(more))
        throw new Mistake("Only a list can be put into a list with three dots.", element);
      for (const one of more) {
        this.#count(element);
        list.push(one);
      }
    }
    return list;
  }

  #object({ properties }: Extract<Expression, { type: "ObjectExpression" }>, names: Names): object {
    const object: Record<string, unknown> = {};
    for (const property of properties) {
      if (property.type === "SpreadElement") {
        const more = this.#value(property.argument, names);
        if (!isPlain(more))
          throw new Mistake("Only an object can be put into an object with three dots.", property);
        for (const [name, value] of Object.entries(more)) {
          this.#count(property);
          object[name] = value;
        }
        continue;
      }
      const { key, value, kind, computed, method } = property;
      const name =
        key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;
      if (computed || method || kind !== "init" || name === undefined) throw foreign(property);
      if (name === "__proto__") throw new Mistake("A layer cannot be called __proto__.", key);
      object[name] = this.#value(value, names);
    }
    return object;
  }

  #call(node: Extract<Expression, { type: "CallExpression" }>, names: Names): unknown {
    const { callee } = node;
    if (callee.type === "Super" || node.optional) throw foreign(node);
    if (callee.type === "MemberExpression") return this.#method(node, callee, names);
    const called = this.#value(callee, names);
    const args = (): unknown[] => this.#list(node.arguments as Expression[], names, node);
    if (called instanceof Arrow) return this.#enter(called, args(), node);
    if (makers.has(called)) return this.#layer(called as Make, node, args());
    throw new Mistake("This is no function and cannot be called.", callee);
  }

  /** inits.heNormal(), Math.floor(x), [1, 2].map((c) => ...). */
  #method(
    node: Extract<Expression, { type: "CallExpression" }>,
    callee: Extract<Expression, { type: "MemberExpression" }>,
    names: Names,
  ): unknown {
    const { object, property } = callee;
    if (callee.computed || property.type !== "Identifier" || object.type === "Super") throw foreign(callee);
    const { name } = property;
    const args = (): unknown[] => this.#list(node.arguments as Expression[], names, node);
    if (object.type === "Identifier" && object.name === "Math" && !names.has("Math")) {
      const compute = Object.hasOwn(math, name) ? math[name] : undefined;
      if (!compute)
        throw new Mistake(
          unknown(
            `Math.${name}`,
            Object.keys(math).map((one) => `Math.${one}`),
          ),
          callee,
        );
      return compute(...args().map((arg) => this.#number(arg, node)));
    }
    const self = this.#value(object, names);
    if (self === inits) {
      const make = Object.hasOwn(inits, name) ? inits[name as keyof typeof inits] : undefined;
      if (!make)
        throw new Mistake(
          unknown(
            `inits.${name}`,
            Object.keys(inits).map((one) => `inits.${one}`),
          ),
          callee,
        );
      return this.#library(make as Make, callee, node, args());
    }
    if (Array.isArray(self) && (name === "map" || name === "flatMap")) {
      const [each] = args();
      if (!(each instanceof Arrow))
        throw new Mistake(`${name} takes an arrow function, as in ${name}((c) => relu()).`, node);
      const results = self.map((one, i) => this.#enter(each, [one, i], node));
      const flat = name === "map" ? results : results.flat();
      for (const _ of flat) this.#count(node);
      return flat;
    }
    throw foreign(callee);
  }

  /** Evaluates an arrow function. */
  #enter({ params, body, scope }: Arrow, args: readonly unknown[], span: Span): unknown {
    const names = new Map(scope);
    if (++this.#depth > MOST_DEPTH) {
      throw new Mistake(
        `Functions call each other more than ${MOST_DEPTH} deep here. Do they ever end?`,
        span,
      );
    }
    // Counted, so that many names in many calls come to an end too.
    this.#steps += scope.size;
    params.forEach((param, i) => {
      const [id, usual] = param.type === "AssignmentPattern" ? [param.left, param.right] : [param, undefined];
      if (id.type !== "Identifier") throw foreign(param);
      names.set(id.name, args[i] === undefined && usual ? this.#value(usual, names) : args[i]);
    });
    const result = body.type === "BlockStatement" ? this.#block(body, names) : this.#value(body, names);
    this.#depth--;
    return result;
  }

  /** The body of a function: constants, then what it gives back. */
  #block({ body, ...span }: Extract<Statement, { type: "BlockStatement" }>, outer: Names): unknown {
    const names = new Map(outer);
    for (const statement of body) {
      if (statement.type === "ReturnStatement" && statement.argument)
        return this.#value(statement.argument, names);
      if (statement.type !== "VariableDeclaration") throw foreign(statement);
      this.#declare(statement, names);
    }
    throw new Mistake("This function gives nothing back: end it with return.", span);
  }

  /** Makes a layer that remembers where it was written. */
  #layer(make: Make, node: Extract<Expression, { type: "CallExpression" }>, args: unknown[]): Layer {
    const { callee } = node;
    this.#bound(args, node);
    const made = this.#library(make, callee, node, args) as Layer;
    return {
      ...made,
      apply: (scope, x) => {
        // The outermost layer begins a trace anew.
        if (scope.path === "") this.#applied = 0;
        if (++this.#applied > MOST_LAYERS) {
          throw new Mistake(
            `The network has more than ${MOST_LAYERS} layers, which is too many for this page.`,
            callee,
          );
        }
        this.#places.set(scope.path, node);
        try {
          const output = made.apply(scope, x);
          const values = output.shape.slice(1).reduce((product, size) => product * size, 1);
          if (values > MOST_VALUES) {
            throw new FeatureMapError(
              `the output has ${values.toLocaleString("en")} values for one image; this page takes at most ${MOST_VALUES.toLocaleString("en")}.`,
            );
          }
          return output;
        } catch (error) {
          this.#blamed ??= callee;
          throw error;
        }
      },
    };
  }

  /** Calls a function of the library; what it says is wrong is wrong there. */
  #library(
    make: Make,
    callee: Span,
    node: Extract<Expression, { type: "CallExpression" }>,
    args: unknown[],
  ): unknown {
    for (const arg of args) noArrows(arg, node);
    try {
      return make(...args);
    } catch (error) {
      if (!(error instanceof FeatureMapError)) throw error;
      const option = /unknown option "([^"]+)"/.exec(error.message)?.[1];
      throw new Mistake(error.message, (option && keyOf(node, option)) || callee);
    }
  }

  /** Numbers that no layer of this page needs would take all memory. */
  #bound(args: readonly unknown[], span: Span): void {
    const check = (value: unknown, name: string): void => {
      if (typeof value === "number") {
        const most = name === "scale" ? MOST_SCALE : MOST_NUMBER;
        if (Math.abs(value) > most) {
          throw new Mistake(
            `${value.toLocaleString("en")} is too large for this page, which takes ${name === "scale" ? "scales" : "numbers"} up to ${most.toLocaleString("en")}.`,
            span,
          );
        }
      } else if (Array.isArray(value)) for (const one of value) check(one, name);
      else if (isPlain(value)) for (const [key, one] of Object.entries(value)) check(one, key);
    };
    for (const arg of args) check(arg, "");
  }

  #count(span: Span): void {
    if (++this.#steps > MOST_STEPS) {
      throw new Mistake(
        "This takes too many steps to read. Does a function call itself without an end?",
        span,
      );
    }
  }
}

type Make = (...args: unknown[]) => unknown;

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Arrow) &&
  !isLayer(value);

/** Throws for an arrow function among values that go to the library. */
function noArrows(value: unknown, span: Span): void {
  if (value instanceof Arrow) {
    throw new Mistake("A function of yours stands where a layer should. Call it, as in block(16).", span);
  }
  if (Array.isArray(value)) for (const one of value) noArrows(one, span);
  else if (isPlain(value)) for (const one of Object.values(value)) noArrows(one, span);
}

function keyOf(node: Extract<Expression, { type: "CallExpression" }>, name: string): Span | undefined {
  for (const arg of node.arguments) {
    if (arg.type !== "ObjectExpression") continue;
    for (const property of arg.properties) {
      if (property.type === "Property" && property.key.type === "Identifier" && property.key.name === name) {
        return property.key;
      }
    }
  }
  return undefined;
}

const unknown = (name: string, known: Iterable<string>): string =>
  `There is no ${name} here.${guess(name, known)}`;
