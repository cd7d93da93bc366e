import { FeatureMapError } from "../errors.js";

/**
 * What stands at an address; in a page it may be relative. Undefined where the server says that there is nothing.
 * @throws FeatureMapError for any other failure
 */
export async function fetchBytes(url: string | URL): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const name = nameOf(url);
  try {
    const response = await fetch(url);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) return undefined;
    throw new FeatureMapError(
      `Cannot fetch ${name}: the server answered ${response.status} ${response.statusText}.`,
    );
  } catch (cause) {
    if (cause instanceof FeatureMapError) throw cause;
    const reason = (cause as Error).message;
    throw new FeatureMapError(
      `Cannot fetch ${name}: ${reason}. Check the address, and that it may be read from here.`,
      {
        cause,
      },
    );
  }
}

/** The address for messages: a `data:` one may be megabytes long. */
export function nameOf(url: string | URL): string {
  const text = String(url);
  return text.length > 200 ? `${text.slice(0, 60)}...` : text;
}
