import { check, checkOptions, show } from "../errors.js";
import { type Normalization, normalization } from "../image/normalize.js";
import { cifar10Classes } from "./cifar10-classes.js";
import type { Dataset } from "./dataset.js";
import { firstFolder, type Place, readFiles } from "./files.js";
import { fromArrays } from "./from-arrays.js";
import type { Split } from "./mnist.js";

export interface Cifar10Options extends Place {
  /** Default true: with mean and standard deviation of the training set. False leaves values in 0 to 1. */
  readonly normalize?: boolean | Normalization;
}

const usual = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
const PIXELS = 3 * 32 * 32;
/** A record of the binary version: the class, then the red, green and blue planes. */
const RECORD_BYTES = 1 + PIXELS;

/**
 * Krizhevsky's CIFAR-10, 50,000 pictures to train and 10,000 to test, `[3, 32, 32]`, from the files of its binary
 * version (https://www.cs.toronto.edu/~kriz/cifar.html), in the folder `dir` or under the address `url`.
 */
export async function cifar10(split: Split, options: Cifar10Options = {}): Promise<Dataset> {
  checkOptions("cifar10", options, ["dir", "url", "normalize"]);
  check(
    split === "train" || split === "test",
    () => `cifar10: unknown split ${show(split)}. It takes: train, test.`,
  );
  const { dir, url, normalize = true } = options;
  check(
    dir !== undefined || url !== undefined,
    "cifar10: give the folder of data_batch_1.bin and the others as dir, or their address as url. They are in cifar-10-binary.tar.gz at https://www.cs.toronto.edu/~kriz/cifar.html.",
  );
  const unpacked = dir === undefined ? undefined : await firstFolder([`${dir}/cifar-10-batches-bin`]);
  const place: Place = {
    ...(dir !== undefined && { dir: unpacked ?? dir }),
    ...(url !== undefined && { url }),
  };
  const names = split === "test" ? ["test_batch.bin"] : [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
  const files = await readFiles(
    "cifar10",
    place,
    names.map((name) => [name]),
  );

  const count = files.reduce((sum, { name, bytes }) => sum + recordsIn(name, bytes), 0);
  const data = new Uint8Array(count * PIXELS);
  const targets = new Uint8Array(count);
  let i = 0;
  for (const { name, bytes } of files) {
    for (let offset = 0; offset < bytes.length; offset += RECORD_BYTES, i++) {
      targets[i] = bytes[offset]!;
      check(
        targets[i]! < cifar10Classes.length,
        () =>
          `${name}: record ${offset / RECORD_BYTES} has the class ${targets[i]}; expected 0 to 9. This is not a CIFAR-10 file.`,
      );
      data.set(bytes.subarray(offset + 1, offset + RECORD_BYTES), i * PIXELS);
    }
  }
  return fromArrays({
    inputs: { data, shape: [count, 3, 32, 32] },
    targets,
    classes: cifar10Classes,
    name: `cifar10 ${split}`,
    ...normalization("cifar10", normalize, usual),
  });
}

function recordsIn(name: string, bytes: Uint8Array): number {
  check(
    bytes.length > 0 && bytes.length % RECORD_BYTES === 0,
    () =>
      `${name}: ${bytes.length} bytes are not a whole number of records of ${RECORD_BYTES}. The file is truncated or not a CIFAR-10 file.`,
  );
  return bytes.length / RECORD_BYTES;
}
