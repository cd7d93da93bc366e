// Everything but folders of images, which need the codecs.

export { type AugmentOptions, augment } from "./augment.js";
export { type Augmentation, type AugmentContext, type BatchesOptions, batches } from "./batches.js";
export { type Cifar10Options, cifar10 } from "./cifar10.js";
export { type Batch, type Dataset, split, subset } from "./dataset.js";
export type { Place } from "./files.js";
export { type ArraysOptions, type Bytes, fromArrays } from "./from-arrays.js";
export { readIdx } from "./idx.js";
export { fashionMnist, type MnistOptions, mnist, type Split } from "./mnist.js";
