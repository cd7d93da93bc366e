import { check } from "../errors.js";
import { withSharedMemory } from "./binary.js";

/** The import section comes within this many bytes. */
const HEAD_BYTES = 4096;

/** Passes a binary on with its memory import declared shared; only the head is held back for it. */
function sharing(): TransformStream<Uint8Array, Uint8Array> {
  let head: Uint8Array | null = new Uint8Array(0);
  return new TransformStream({
    transform(chunk, controller) {
      if (!head) return controller.enqueue(chunk);
      const joined = new Uint8Array(head.length + chunk.length);
      joined.set(head);
      joined.set(chunk, head.length);
      head = joined;
      if (head.length < HEAD_BYTES) return;
      controller.enqueue(withSharedMemory(head));
      head = null;
    },
    flush(controller) {
      if (head) controller.enqueue(withSharedMemory(head));
    },
  });
}

/** Compiles a binary while it is still on its way. */
export async function compileUrl(url: string, shared: boolean): Promise<WebAssembly.Module> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    response = new Response(null, { status: 503, statusText: (cause as Error).message });
  }
  check(
    response.ok && response.body,
    () =>
      `The kernels at ${url} cannot be fetched: ${response.status} ${response.statusText}. Check the address given to init({ wasm }).`,
  );
  const body = shared ? response.body.pipeThrough(sharing()) : response.body;
  // A response of our own: servers often send .wasm files under a type that compileStreaming refuses.
  return WebAssembly.compileStreaming(
    new Response(body, { headers: { "content-type": "application/wasm" } }),
  );
}
