import { type Dataset, fromArrays } from "featuremap/data";

/** How much of a download has come. */
export interface Download {
  readonly received: number;
  readonly total: number;
}

interface Options {
  readonly signal: AbortSignal;
  readonly onProgress: (download: Download) => void;
}

// Beside the page, where the worker itself lies.
const folder = new URL("data/mnist/", location.href);
const kept = new Map<string, Dataset>();

/** MNIST's digits, `[1, 28, 28]`, from beside the page: downloaded with progress, once. */
export async function digits(split: "train" | "test", options: Options): Promise<Dataset> {
  const known = kept.get(split);
  if (known) return known;
  const prefix = split === "train" ? "train" : "t10k";
  const images = await idx(`${prefix}-images-idx3-ubyte.gz`, 4, options);
  const labels = await idx(`${prefix}-labels-idx1-ubyte.gz`, 2, options);
  const [n, h, w] = images.sizes as [number, number, number];
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

/** Bytes of an idx file whose header has so many words: a magic number and the sizes. */
async function idx(name: string, words: number, options: Options) {
  const packed = await fetched(name, options);
  // Some servers unpack by themselves what ends in .gz.
  const isPacked = packed[0] === 0x1f && packed[1] === 0x8b;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = isPacked ? new Uint8Array(await new Response(stream).arrayBuffer()) : packed;
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  const sizes = Array.from({ length: words - 1 }, (_, i) =>
    bytes.length >= 4 * words ? header.getUint32(4 * (i + 1)) : 0,
  );
  const data = bytes.subarray(4 * words);
  if (data.length === 0 || data.length !== sizes.reduce((product, size) => product * size, 1)) {
    throw new Error(`${name} is damaged: it does not hold what its first bytes say. Copy data/mnist again.`);
  }
  return { data, sizes };
}

async function fetched(name: string, { signal, onProgress }: Options): Promise<Uint8Array<ArrayBuffer>> {
  const why = (reason: string): Error =>
    new Error(
      `The digits to train on could not be downloaded: ${reason}. They belong to the site, in its folder data/mnist; ` +
        "copy that folder too. Drawing works without.",
    );
  const response = await fetch(new URL(name, folder), { signal }).catch((cause: Error) => {
    signal.throwIfAborted();
    throw why(`${name} cannot be reached (${cause.message})`);
  });
  if (!response.ok || !response.body) throw why(`the server has no ${name} (it answers ${response.status})`);
  const total = Number(response.headers.get("Content-Length") ?? 0);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    received += value.length;
    onProgress({ received, total });
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
