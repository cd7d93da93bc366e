/** A worker as the thread that started it sees it. */
export interface Thread {
  post(message: unknown): void;
  terminate(): void;
  /** Lets the worker keep the process alive, as it does at first. */
  ref(): void;
  /** Lets the process end although the worker is running. */
  unref(): void;
}

/** What a worker's own code has to talk to the thread that started it. */
export interface ThreadPort {
  post(message: unknown): void;
  receive(listener: (message: unknown) => void): void;
}

/**
 * Called once by a worker's script: `start` receives the data given to `startWorker` and the port for everything after.
 * The same script runs in Node and in browsers.
 */
export function onStart(start: (data: unknown, port: ThreadPort) => void): void {
  // Reached without an import, so that one script without modules serves both.
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads")?.parentPort;
  const listen = (listener: (message: unknown) => void): void => {
    if (node) node.removeAllListeners("message").on("message", listener);
    else globalThis.onmessage = (event) => listener(event.data);
  };
  const port: ThreadPort = { post: (message) => (node ?? globalThis).postMessage(message), receive: listen };
  listen((data) => start(data, port));
}
