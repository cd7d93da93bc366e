// What a call of featuremap inspect asks for.

import type { Target } from "../../inspect/index.js";
import { UsageError } from "../exit.js";
import type { ModelOptions } from "../model.js";
import type { MethodName } from "./explain.js";

export interface InspectOptions extends Omit<ModelOptions, "model"> {
  readonly layer?: string[];
  readonly filters?: boolean;
  readonly explain?: MethodName;
  readonly maximize?: boolean;
  readonly class?: number | string;
  readonly topPatches?: boolean;
  readonly receptiveField?: boolean;
  readonly channel?: number;
  readonly unit?: readonly [number, number];
  readonly data?: string;
  readonly dataDir?: string;
  readonly limit?: number;
  /** Which values the colours of maps or filters span: those of each, or of all. */
  readonly range?: "each" | "all";
  readonly out?: string;
  readonly theme?: "light" | "dark";
  readonly threads?: number;
  readonly plain?: boolean;
  readonly json?: boolean;
}

/** What is looked at, by the option that asks for it. */
const views = ["explain", "maximize", "filters", "receptiveField", "topPatches"] as const;
export type ViewName = (typeof views)[number] | "maps" | "overview";

/** What is to be seen: one thing at a time. */
export function viewOf(image: string | undefined, options: InspectOptions): ViewName {
  const asked = views.filter((view) => options[view]);
  if (asked.length > 1)
    throw new UsageError(`${asked.map(flag).join(" and ")} are looked at one at a time. Give one of them.`);
  return asked[0] ?? (image === undefined ? "overview" : "maps");
}

const flag = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Throws for options that are missing, or that would have no effect. */
export function checkCall(view: ViewName, image: string | undefined, options: InspectOptions): void {
  const { layer = [] } = options;
  if (view === "topPatches" && options.data === undefined)
    throw new UsageError("--top-patches looks through a data set. Give it as --data.");
  if ((view === "topPatches" || view === "receptiveField") && layer.length !== 1)
    throw new UsageError(`${flag(view)} is about one layer. Give it as --layer, as summary names it.`);
  if (["filters", "explain", "maximize"].includes(view) && layer.length > 1)
    throw new UsageError(`${flag(view)} is about one layer. Give --layer once.`);
  if (view === "explain" && image === undefined)
    throw new UsageError("--explain is about a picture. Give it after the network.");
  if (
    view === "maximize" &&
    options.class === undefined &&
    (layer.length === 0 || options.channel === undefined)
  )
    throw new UsageError(
      "--maximize needs to know what is to be large. Give a --class, or a --layer and its --channel.",
    );
  if (view === "explain" || view === "maximize") {
    const ofLayer = options.channel !== undefined || (layer.length > 0 && options.explain !== "grad-cam");
    if (options.class !== undefined && ofLayer)
      throw new UsageError("--class is of the output, --channel of a --layer. Give one of them.");
    if (ofLayer && options.channel === undefined)
      throw new UsageError(`Say which --channel of layer ${layer[0]} is to be explained.`);
    if (ofLayer && layer.length === 0) throw new UsageError("--channel is of a layer. Give it as --layer.");
    if (options.unit !== undefined && !ofLayer)
      throw new UsageError("--unit is a place in a channel. Give it with --layer and --channel.");
  }
  if (view === "overview" && layer.length > 0)
    throw new UsageError("--layer needs a picture, or an option that says what of it is to be seen.");
  if (
    image !== undefined &&
    ["filters", "topPatches", "maximize"].includes(view) &&
    !/\.html$/i.test(options.out ?? "")
  )
    throw new UsageError(`${flag(view)} needs no picture. Leave ${image} out.`);
  const takes: Readonly<Record<string, readonly ViewName[]>> = {
    class: ["explain", "maximize"],
    channel: ["explain", "maximize", "receptiveField", "topPatches"],
    unit: ["explain", "maximize", "receptiveField"],
    data: ["topPatches"],
    dataDir: ["topPatches"],
    limit: ["topPatches"],
  };
  for (const [name, users] of Object.entries(takes)) {
    if (options[name as keyof InspectOptions] !== undefined && !users.includes(view))
      throw new UsageError(`${flag(name)} is for ${listed(users)}. Leave it out.`);
  }
  if (options.range !== undefined && view !== "maps" && view !== "filters")
    throw new UsageError("--range is for feature maps and --filters. Leave it out.");
  if (options.theme !== undefined && !/\.(png|svg)$/i.test(options.out ?? ""))
    throw new UsageError(
      "--theme is for pictures and drawings. Give --out with a name that ends in .png or .svg.",
    );
}

/** `--a`, `--a and --b`, `--a, --b and --c`. */
function listed(names: readonly string[]): string {
  const flags = names.map(flag);
  return flags.length === 1 ? flags[0]! : `${flags.slice(0, -1).join(", ")} and ${flags.at(-1)}`;
}

/** The number of the network that the options name. */
export function targetOf({ layer, channel, unit, class: wanted }: InspectOptions): Target {
  return {
    ...(wanted !== undefined && { class: wanted }),
    ...(layer !== undefined && { layer: layer[0]! }),
    ...(channel !== undefined && { channel }),
    ...(unit !== undefined && { unit }),
  };
}
