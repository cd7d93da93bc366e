import { type Program, parse } from "acorn";
import { Mistake, type Span } from "./mistake.js";

const ALLOWED =
  "There are layers, numbers and arithmetic, texts, lists, objects, const, arrow functions, a ? b : c, and map.";

/** A source as a tree. Throws a {@link Mistake} where it is no JavaScript at all. */
export function parsed(source: string): Program {
  try {
    return parse(source, { ecmaVersion: 2022, sourceType: "module" });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { pos: place, message } = error as SyntaxError & { pos: number };
    const why = message.replace(/ \(\d+:\d+\)$/, "");
    if (/stack space/.test(why)) throw new RangeError(why);
    const isEnd = source.slice(place).trim() === "";
    throw new Mistake(
      isEnd && /unexpected token/i.test(why)
        ? "The text ends too early: a bracket is open. Close it with ), ] or }."
        : /unexpected token/i.test(why)
          ? `"${source.slice(place).match(/^(\w+|\S)/)?.[0] ?? ""}" cannot stand here. Is there a comma or a bracket missing, or one too many, before it?`
          : `${why}.`,
      {
        start: isEnd ? source.trimEnd().length - 1 : place,
        end: isEnd ? source.trimEnd().length : place + 1,
      },
    );
  }
}

/** What to write instead of parts of JavaScript that this page does not read. */
const remedies: Readonly<Record<string, string>> = {
  FunctionDeclaration: "Write functions with an arrow, as in const block = (c) => [conv2d(c, 3), relu()].",
  FunctionExpression: "Write functions with an arrow, as in (c) => [conv2d(c, 3), relu()].",
  TemplateLiteral: "Write texts in quotation marks.",
  AssignmentExpression: "Nothing changes here: give every value a const of its own.",
  UpdateExpression: "Nothing changes here: give every value a const of its own.",
  ForStatement: "Instead of a loop write ...[16, 32].map((c) => conv2d(c, 3)).",
  ForOfStatement: "Instead of a loop write ...[16, 32].map((c) => conv2d(c, 3)).",
  AwaitExpression: "Building and training is what the page does: write the network alone.",
  MemberExpression: "Nothing has parts to reach for with a dot or brackets here, but inits and Math.",
  IfStatement: "Instead of if write a ? b : c.",
};

/** For a part of JavaScript that is not read here. */
export function foreign(node: { readonly type: string } & Span): Mistake {
  return new Mistake(`${remedies[node.type] ?? "This cannot be written here."} ${ALLOWED}`, node);
}
