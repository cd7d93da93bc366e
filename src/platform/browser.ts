import { FeatureMapError } from "../errors.js";
import type { TransferOptions } from "./download.js";
import { fetchBytes, nameOf } from "./fetch-bytes.js";
import type { Thread } from "./thread.js";

/** The whole file at an address, relative to the page. */
export async function readFile(
  path: string | URL,
  _options: TransferOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await fetchBytes(path);
  if (bytes) return bytes;
  throw new FeatureMapError(`Cannot fetch ${nameOf(path)}: there is nothing at this address. Check it.`);
}

/** A page has no folders. */
export async function listFolder(path: string): Promise<{ name: string; isFolder: boolean }[]> {
  throw new FeatureMapError(
    `Cannot list the folder ${path}: a page cannot see folders. Give an address instead.`,
  );
}

/** A page has no installed packages. */
export async function packageFolder(_name: string): Promise<string | undefined> {
  return undefined;
}

/** Offers the bytes as a download under the path's last part: a page cannot write files. */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  if (typeof document === "undefined") {
    throw new FeatureMapError(
      `Cannot write ${path}: a worker has no files and cannot offer a download. Send the bytes to the page and save them there.`,
    );
  }
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  const link = document.createElement("a");
  link.href = url;
  link.download = path.slice(path.lastIndexOf("/") + 1);
  link.click();
  // The browser reads the bytes after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** How many threads can run at once. */
export function cores(): number {
  return navigator.hardwareConcurrency || 1;
}

/** Lets events, timers and painting have their turn. A message, because browsers hold back timers that follow each other. */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Starts a worker from its source text, or from the address of its file; its `onStart` receives `data`. */
export function startWorker(
  source: string | URL,
  data: unknown,
  onMessage: (message: unknown) => void,
  onError: (error: Error) => void,
): Thread {
  const url =
    typeof source === "string"
      ? URL.createObjectURL(new Blob([source], { type: "text/javascript" }))
      : source;
  const worker = new Worker(url);
  const release = () => {
    if (typeof url === "string") URL.revokeObjectURL(url);
  };
  worker.onmessage = (event) => {
    release();
    onMessage(event.data);
  };
  worker.onmessageerror = () => onError(new FeatureMapError("A message from a worker could not be read."));
  worker.onerror = (event) => {
    release();
    event.preventDefault();
    onError(
      new FeatureMapError(
        event.message
          ? `A worker failed: ${event.message}`
          : "A worker could not be started. Does the page's content security policy allow it?",
      ),
    );
  };
  worker.postMessage(data);
  return {
    post: (message) => worker.postMessage(message),
    terminate() {
      release();
      worker.terminate();
    },
    ref() {},
    unref() {},
  };
}
