// A real server for downloads that go wrong, in Node. What it does with each request is a list of manners.

import type { IncomingMessage, Server, ServerResponse } from "node:http";

/** How one request is answered; the last one of a list goes on for ever. */
export type Manner = (request: IncomingMessage, response: ServerResponse, file: Uint8Array) => void;

const http = () => globalThis.process.getBuiltinModule("node:http");

export class RudeServer {
  /** The Range header of each request, or "". */
  readonly ranges: string[] = [];
  /** Connections that were closed before the answer was complete. */
  broken = 0;
  #manners: Manner[] = [];
  #server: Server | undefined;

  constructor(public file: Uint8Array) {}

  async start(): Promise<void> {
    this.#server = http().createServer((request, response) => {
      this.ranges.push(request.headers.range ?? "");
      response.on("close", () => {
        if (!response.writableFinished) this.broken++;
      });
      const manner = this.#manners.length > 1 ? this.#manners.shift()! : this.#manners[0]!;
      manner(request, response, this.file);
    });
    await new Promise<void>((resolve) => this.#server!.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.#server!.closeAllConnections();
    this.#server!.close();
  }

  get port(): number {
    return (this.#server!.address() as { port: number }).port;
  }

  /** A new address, for the manners given. */
  behaves(...manners: Manner[]): string {
    this.#manners = manners;
    this.ranges.length = 0;
    this.broken = 0;
    return `http://127.0.0.1:${this.port}/${Math.random().toString(36).slice(2)}/weights.safetensors`;
  }
}

const etagOf = (file: Uint8Array): string => `"${file.length}-${file[file.length - 1]}"`;

/** As servers should: with a length, an ETag and parts of the file. Sends `bytes` at most, then hangs up. */
export const polite =
  ({
    etag = etagOf,
    bytes = Infinity,
  }: {
    etag?: (file: Uint8Array) => string;
    bytes?: number;
  } = {}): Manner =>
  (request, response, file) => {
    const first = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const tag = etag(file);
    const same = request.headers["if-range"] === undefined || request.headers["if-range"] === tag;
    const part = first > 0 && same ? file.subarray(first) : file;
    response.writeHead(part === file ? 200 : 206, {
      "Content-Length": part.length,
      ETag: tag,
      ...(part !== file && { "Content-Range": `bytes ${first}-${file.length - 1}/${file.length}` }),
    });
    if (bytes >= part.length) response.end(part);
    else response.write(part.subarray(0, bytes), () => setTimeout(() => response.destroy(), 5));
  };

/** Sends a part of the file and then nothing, without hanging up. */
export const stalling =
  (bytes: number): Manner =>
  (_, response, file) => {
    response.writeHead(200, { "Content-Length": file.length, ETag: etagOf(file) });
    response.write(file.subarray(0, bytes));
  };

/** Never sends parts: always all of it, up to `bytes`. */
export const ignoringRange =
  (bytes = Infinity): Manner =>
  (_, response, file) => {
    response.writeHead(200, { "Content-Length": file.length, ETag: etagOf(file) });
    if (bytes >= file.length) response.end(file);
    else response.write(file.subarray(0, bytes), () => setTimeout(() => response.destroy(), 5));
  };

export const answering =
  (status: number, headers: Record<string, string> = {}, body = ""): Manner =>
  (_, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

/** Announces another length than the file has. */
export const lying =
  (length: number): Manner =>
  (_, response, file) => {
    // By hand: Node itself keeps its word.
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nETag: ${etagOf(file)}\r\n\r\n`;
    response.socket!.write(head);
    response.socket!.end(file);
  };
