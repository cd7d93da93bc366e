import { type Dataset, fromArrays, readIdx } from "featuremap/data";

/** How much of a download has come. */
export interface Download {
  readonly received: number;
  readonly total: number;
}

/** How they are fetched. */
export interface Loading {
  readonly signal: AbortSignal;
  readonly onProgress: (download: Download) => void;
}

const TELL_MS = 50;

// Beside the page, where the worker itself lies.
const folder = new URL("data/mnist/", location.href);
const kept = new Map<string, Dataset>();

/** MNIST's digits, `[1, 28, 28]`, from beside the page: downloaded with progress, once. */
export async function digits(split: "train" | "test", options: Loading): Promise<Dataset> {
  const known = kept.get(split);
  if (known) return known;
  const prefix = split === "train" ? "train" : "t10k";
  const read = async (name: string) => readIdx(await fetched(name, options), name);
  const images = await read(`${prefix}-images-idx3-ubyte.gz`);
  const labels = await read(`${prefix}-labels-idx1-ubyte.gz`);
  const [n, h, w] = images.shape as [number, number, number];
  const dataset = fromArrays({
    name: `MNIST ${split}`,
    inputs: { data: images.data, shape: [n, 1, h, w] },
    targets: labels.data,
    classes: [..."0123456789"],
    mean: 0.1307,
    std: 0.3081,
  });
  kept.set(split, dataset);
  return dataset;
}

async function fetched(name: string, { signal, onProgress }: Loading): Promise<Uint8Array<ArrayBuffer>> {
  const why = (reason: string): Error =>
    new Error(
      `The digits to train on could not be downloaded: ${reason}. They belong to the site, in its folder data/mnist; ` +
        "copy that folder too.",
    );
  const response = await fetch(new URL(name, folder), { signal }).catch((cause: Error) => {
    signal.throwIfAborted();
    throw why(`${name} cannot be reached (${cause.message})`);
  });
  if (!response.ok || !response.body) throw why(`the server has no ${name} (it answers ${response.status})`);
  const total = Number(response.headers.get("Content-Length") ?? 0);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  // Some tell often: a few times a second is enough.
  let told = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    received += value.length;
    if (performance.now() - told < TELL_MS) continue;
    told = performance.now();
    onProgress({ received, total });
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
