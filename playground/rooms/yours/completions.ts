import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { localCompletionSource } from "@codemirror/lang-javascript";
import { syntaxTree } from "@codemirror/language";
import { catalog } from "./catalog.js";

const layers: readonly Completion[] = Object.entries(catalog).map(([label, { takes, text }]) => ({
  label,
  type: "function",
  detail: `(${takes})`,
  info: text,
}));

/** Layers where a layer may stand; options within the braces of a layer that has some; names of one's own. */
export function complete(context: CompletionContext): CompletionResult | null {
  const word = context.matchBefore(/[\w$]+/);
  if (!word && !context.explicit) return null;
  const from = word?.from ?? context.pos;
  const options = optionsAt(context, from);
  if (options) return { from, options, validFor: /^[\w$]*$/ };
  const inner = syntaxTree(context.state).resolveInner(context.pos, -1);
  if (/String|Comment|PropertyName|Number/.test(inner.name)) return null;
  const own = localCompletionSource(context)?.options ?? [];
  return { from, options: [...own, ...layers], validFor: /^[\w$]*$/ };
}

/** Options of the layer whose braces the cursor is in, where a name may begin. */
function optionsAt({ state }: CompletionContext, from: number): Completion[] | undefined {
  let node = syntaxTree(state).resolveInner(from, 1);
  if (node.from >= from || /Property|VariableName/.test(node.name))
    node = syntaxTree(state).resolveInner(from, -1);
  while (node.name.startsWith("Property") && node.parent) node = node.parent;
  if (node.name !== "ObjectExpression" || node.parent?.name !== "ArgList") {
    const object = node.parent;
    if (object?.name !== "ObjectExpression" || object.parent?.name !== "ArgList") return undefined;
    node = object;
  }
  // After a colon there is a value.
  const before = state.sliceDoc(node.from, from).trimEnd();
  if (!/[{,]$/.test(before)) return undefined;
  const callee = node.parent?.parent?.firstChild;
  const name = callee ? state.sliceDoc(callee.from, callee.to) : "";
  const options = Object.hasOwn(catalog, name) ? Object.entries(catalog[name]!.options) : [];
  if (options.length === 0) return undefined;
  return options.map(([label, info]) => ({ label, type: "property", info, apply: `${label}: ` }));
}
