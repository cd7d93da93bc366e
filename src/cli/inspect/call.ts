// What a call of featuremap inspect asks for.

import { UsageError } from "../exit.js";
import type { ModelOptions } from "../model.js";

export interface InspectOptions extends Omit<ModelOptions, "model"> {
  readonly layer?: string[];
  readonly filters?: boolean;
  readonly topPatches?: boolean;
  readonly receptiveField?: boolean;
  readonly channel?: number;
  readonly unit?: readonly [number, number];
  readonly data?: string;
  readonly dataDir?: string;
  readonly limit?: number;
  readonly out?: string;
  readonly theme?: "light" | "dark";
  readonly threads?: number;
  readonly plain?: boolean;
  readonly json?: boolean;
}

/** What is looked at, by the option that asks for it. */
const views = ["filters", "receptiveField", "topPatches"] as const;
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
  if (view === "filters" && layer.length > 1)
    throw new UsageError("--filters is about one layer. Give --layer once.");
  if (view === "overview" && layer.length > 0)
    throw new UsageError("--layer needs a picture, or --filters, --receptive-field or --top-patches.");
  if (
    image !== undefined &&
    (view === "filters" || view === "topPatches") &&
    !/\.html$/i.test(options.out ?? "")
  )
    throw new UsageError(`${flag(view)} needs no picture. Leave ${image} out.`);
  const takes: Readonly<Record<string, readonly ViewName[]>> = {
    channel: ["receptiveField", "topPatches"],
    unit: ["receptiveField"],
    data: ["topPatches"],
    dataDir: ["topPatches"],
    limit: ["topPatches"],
  };
  for (const [name, users] of Object.entries(takes)) {
    if (options[name as keyof InspectOptions] !== undefined && !users.includes(view))
      throw new UsageError(`${flag(name)} is for ${users.map(flag).join(" and ")}. Leave it out.`);
  }
  if (options.theme !== undefined && !/\.(png|svg)$/i.test(options.out ?? ""))
    throw new UsageError(
      "--theme is for pictures and drawings. Give --out with a name that ends in .png or .svg.",
    );
}
