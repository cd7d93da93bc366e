// What in a data set a channel answers to most strongly.

import { topPatches, topPatchesFigure } from "../../inspect/index.js";
import { type DataOptions, findSource } from "../data.js";
import type { Opened } from "../model.js";
import { layerNamed } from "./layers.js";
import type { Subject, View } from "./view.js";
import { working } from "./working.js";

export interface PatchOptions extends DataOptions {
  readonly layer: string;
  readonly channel?: number | undefined;
}

export async function topPatchesView(
  { model, name }: Subject,
  { preprocessing, isOwn }: Opened,
  { layer, channel, ...data }: PatchOptions,
): Promise<View> {
  layerNamed(model, layer);
  const source = await findSource(data, model.inputShape, isOwn ? preprocessing : undefined);
  const dataset = await source.load("test");
  const { mean, std } = source.preprocessing;
  const found = await working("looking for patches", (options) =>
    topPatches(model, dataset, {
      layer,
      ...(channel !== undefined && { channels: channel }),
      ...(mean !== undefined && std !== undefined && { normalization: { mean, std } }),
      ...options,
    }),
  );
  const channels = found.channels.map(({ channel, patches }) => ({
    channel,
    patches: patches.map(({ image: _, ...patch }) => patch),
  }));
  return {
    figures: [topPatchesFigure(found)],
    layers: [layer],
    result: { model: name, layer, data: source.title, samples: found.samples, channels },
  };
}
