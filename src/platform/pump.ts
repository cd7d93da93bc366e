/** The stream failed, not what was done with its pieces. */
export class BrokenStream extends Error {}

/**
 * Reads a stream to its end, a piece at a time, or until the signal: then the stream is cancelled at once and the
 * promise rejects with the signal's reason. What `take` throws cancels the stream, too.
 * @throws BrokenStream, with its cause, when the stream fails
 */
export async function pump(
  stream: ReadableStream<Uint8Array>,
  take: (piece: Uint8Array) => unknown,
  signal: AbortSignal | undefined,
): Promise<void> {
  const reader = stream.getReader();
  const cancel = (reason: unknown): void => void reader.cancel(reason).catch(() => {});
  // Cancelling ends a read that is under way, as if the stream had ended.
  const onAbort = (): void => cancel(signal!.reason);
  signal?.addEventListener("abort", onAbort);
  try {
    signal?.throwIfAborted();
    const next = (): Promise<ReadableStreamReadResult<Uint8Array>> =>
      reader.read().catch((cause) => {
        throw new BrokenStream("the stream failed", { cause });
      });
    for (let read = await next(); !read.done; read = await next()) {
      signal?.throwIfAborted();
      await take(read.value);
    }
    signal?.throwIfAborted();
  } catch (error) {
    cancel(error);
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    reader.releaseLock();
  }
}
