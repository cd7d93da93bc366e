import type { Tensor } from "featuremap";
import { models } from "featuremap/zoo";

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** The network of the zoo that a file is called after, as "resnet18-f37072fd.pth" is: the longest name that it begins with. */
export function networkByName(file: string): string | undefined {
  const called = plain(file);
  return Object.keys(models)
    .filter((name) => called.startsWith(plain(name)))
    .sort((a, b) => b.length - a.length)[0];
}

/** The network that has as many trained values as a file of weights; undefined unless there is exactly one. */
export function networkByCount(tensors: ReadonlyMap<string, Tensor>): string | undefined {
  let count = 0;
  for (const [name, { size }] of tensors) {
    if (!/(running_mean|running_var|num_batches_tracked)$/.test(name)) count += size;
  }
  const found = Object.keys(models).filter((name) => models[name]!.parameters === count);
  return found.length === 1 ? found[0] : undefined;
}
