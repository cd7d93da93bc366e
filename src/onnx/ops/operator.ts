import type { Call, Item } from "../item.js";

/** What the importer knows of an operator. Places of inputs are counted from 0. */
export interface Operator {
  /** Names of all attributes that are understood, in any version. */
  readonly attributes?: readonly string[];
  /** Inputs whose numbers must be known before the network runs. */
  readonly content?: readonly number[];
  /** Inputs that are trained where they are constants. */
  readonly parameters?: readonly number[];
  /** The same, but only constants with a name in the file's list of weights and more than one number. */
  readonly maybeParameters?: readonly number[];
  /** The same, but only of two axes or more: a transformer's class token, and not the scales of a picture. */
  readonly tokens?: readonly number[];
  /** Inputs that belong to the model's state but are not trained. */
  readonly buffers?: readonly number[];
  /** Known inputs give known outputs, without a graph. */
  readonly folds?: boolean;
  /** Adds the node to the graph, or computes it where everything is known. */
  run(call: Call): Item | readonly Item[];
}

/** Operators by name. */
export type Operators = Readonly<Record<string, Operator>>;
