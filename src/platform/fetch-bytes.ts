import { check, FeatureMapError } from "../errors.js";

/**
 * What stands at an address; in a page it may be relative. Undefined where the server says that there is nothing.
 * @throws FeatureMapError for any other failure
 */
export async function fetchBytes(url: string | URL): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const name = nameOf(url);
  checkScheme(url);
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
    throw new FeatureMapError(`Cannot fetch ${name}: ${whyNot(cause, String(url))}`, { cause });
  }
}

/** The address for messages: a `data:` one may be megabytes long. */
export function nameOf(url: string | URL): string {
  const text = String(url);
  return text.length > 200 ? `${text.slice(0, 60)}...` : text;
}

const schemes = ["http:", "https:", "data:", "blob:", "file:"];

/** Throws for addresses that nothing here can fetch, such as those of ftp. */
export function checkScheme(url: string | URL): void {
  const scheme = /^([a-z][a-z\d+.-]+:)\/\//i.exec(String(url))?.[1]?.toLowerCase();
  // Applications made of pages have schemes of their own.
  const own = globalThis.location?.protocol;
  check(
    scheme === undefined || scheme === own || schemes.includes(scheme),
    () => `Cannot fetch ${nameOf(url)}: only http and https addresses can be fetched, not ${scheme}//.`,
  );
}

/** What failures of connections mean, by Node's codes. */
const failures: readonly (readonly [RegExp, string])[] = [
  [/^ENOTFOUND$/, "there is no server of this name. Check the address, and the connection to the internet"],
  [/^EAI_AGAIN$/, "the server's name cannot be looked up. Check the connection to the internet"],
  [/^ECONNREFUSED$/, "the server refuses connections. Check the address, and that the server runs"],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, "the connection broke off"],
  [/^(ETIMEDOUT|UND_ERR_\w*TIMEOUT)$/, "the server did not answer in time"],
  [/^(EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/, "there is no way to the server. Check the connection"],
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/, "the server's certificate is not to be trusted"],
  [/SSL|EPROTO/, "the server does not speak https as it should. Check the address"],
];

/** What failed, in a sentence where its code is known, and in the engine's words. Node has both in the error's cause. */
function meaningOf(error: unknown): { meaning?: string | undefined; said: string } {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  const code = cause?.code;
  const known = code && failures.find(([codes]) => codes.test(code))?.[1];
  const said = cause?.message || message || String(error);
  return { meaning: known && `${known} (${code}).`, said: code ? `${said} (${code})` : said };
}

/** Why an answer ended before its time. */
export function whyBroken(error: unknown): string {
  const { meaning, said } = meaningOf(error);
  return meaning ?? `the connection broke off: ${said}.`;
}

/** Why there was no answer, and what to do about it: sentences after a colon. */
export function whyNot(error: unknown, url: string): string {
  const { meaning, said } = meaningOf(error);
  if (meaning) return meaning;
  if (isOtherSite(url)) {
    return (
      `the browser says no more than "${said}". There is no connection, or the server of ${new URL(url).host} does not let ` +
      `pages of ${location.origin} read its files: then it must send the header Access-Control-Allow-Origin, or the file ` +
      "must lie on the page's own site. The page's content security policy may forbid it, too (connect-src)."
    );
  }
  return `${said}. Check the address, and that it may be read from here.`;
}

/** Whether a page asks another site, which must allow that. */
export function isOtherSite(url: string): boolean {
  return typeof location !== "undefined" && /^https?:/.test(url) && new URL(url).origin !== location.origin;
}
