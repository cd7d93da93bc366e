import { type Dataset, fromArrays, readIdx } from "featuremap/data";
import { classCount, inputShape } from "../../rooms/yours/build.js";

/** Pictures to train on and to test with. */
export interface Data {
  readonly training: Dataset;
  readonly test: Dataset;
}

interface Part {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** The two data sets in four idx files, as MNIST and Fashion-MNIST come: pictures and labels, to train and to test. */
export async function readIdxFiles(
  files: readonly { readonly name: string; arrayBuffer(): Promise<ArrayBuffer> }[],
): Promise<Data> {
  if (files.length !== 4) {
    throw new Error(
      `Give all four files together: pictures and labels to train on, pictures and labels to test with. ${files.length === 1 ? "This was one" : `These were ${files.length}`}.`,
    );
  }
  const parts: Part[] = [];
  for (const file of files) {
    parts.push({ name: file.name, ...(await readIdx(new Uint8Array(await file.arrayBuffer()), file.name)) });
  }
  const [training, test] = paired(parts);
  const pixels = training.pictures.data;
  const { mean, std } = momentsOf(pixels);
  const dataset = ({ pictures, labels }: Pair, name: string): Dataset =>
    fromArrays({
      name,
      inputs: { data: pictures.data, shape: [pictures.shape[0]!, ...inputShape] },
      targets: labels.data,
      classes: Array.from({ length: classCount }, (_, i) => `${i}`),
      mean,
      std,
    });
  return {
    training: dataset(training, training.labels.name),
    test: dataset(test, test.labels.name),
  };
}

interface Pair {
  readonly pictures: Part;
  readonly labels: Part;
}

/** Which files belong together, by how much they hold, and which of the two pairs is for training. */
function paired(parts: readonly Part[]): [training: Pair, test: Pair] {
  const pictures = parts.filter(({ shape }) => shape.length === 3);
  const labels = parts.filter(({ shape }) => shape.length === 1);
  const other = parts.find(({ shape }) => shape.length !== 1 && shape.length !== 3);
  if (other) {
    throw new Error(
      `${other.name} has ${other.shape.length} dimensions; files of grey pictures have 3, files of labels 1.`,
    );
  }
  if (pictures.length !== 2) {
    throw new Error(
      `There must be two files of pictures and two of labels; these are ${pictures.length} of pictures and ${labels.length} of labels.`,
    );
  }
  for (const { name, shape } of pictures) {
    const [n, h, w] = shape;
    if (h !== inputShape[1] || w !== inputShape[2]) {
      throw new Error(
        `${name} has pictures of ${h} × ${w} pixels; networks here see ${inputShape.slice(1).join(" × ")}.`,
      );
    }
    if (n === 0) throw new Error(`${name} has no pictures in it.`);
  }
  const isTest = ({ name }: Part): boolean => /t10k|test|valid/i.test(name);
  const isTold = [pictures, labels].every((pair) => isTest(pair[0]!) !== isTest(pair[1]!));
  const size = ({ shape }: Part): number => shape[0]!;
  const order = (a: Part, b: Part): number =>
    isTold ? Number(isTest(a)) - Number(isTest(b)) : size(b) - size(a);
  pictures.sort(order);
  labels.sort(order);
  const pairs = pictures.map((one, i): Pair => ({ pictures: one, labels: labels[i]! }));
  for (const { pictures: one, labels: its } of pairs) {
    if (size(one) !== size(its)) {
      throw new Error(`${one.name} has ${size(one)} pictures, but ${its.name} has ${size(its)} labels.`);
    }
  }
  if (!isTold && size(pictures[0]!) === size(pictures[1]!)) {
    throw new Error(
      "All files hold equally many, so it is not clear which are to test with: put test or t10k into their names.",
    );
  }
  return [pairs[0]!, pairs[1]!];
}

/** Mean and standard deviation of the pixels, as shares of white. */
function momentsOf(bytes: Uint8Array): { mean: number; std: number } {
  let [sum, squares] = [0, 0];
  for (const byte of bytes) {
    sum += byte;
    squares += byte * byte;
  }
  const mean = sum / bytes.length;
  const std = Math.sqrt(Math.max(0, squares / bytes.length - mean * mean));
  // Pictures of one tone only are left as they are.
  return { mean: mean / 255, std: std / 255 || 1 };
}
