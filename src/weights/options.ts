// How files are fetched and read, apart from what does it: that is loaded when the first file is.

import type { TransferProgress } from "../platform/download.js";

/** How a file is fetched. */
export interface FileOptions {
  /** Called as bytes arrive. */
  onProgress?: (progress: TransferProgress) => void;
  /** Ends the reading at once; the promise rejects with the signal's reason, and nothing is left behind. */
  signal?: AbortSignal;
  /** The file's SHA-256 in hexadecimal digits; a file with another is an error. */
  sha256?: string;
  /**
   * Whether what was fetched from an address is kept and taken from there the next time: in Node in the user's folder
   * for caches or the folder given here, in a page in the browser's Cache API. Default true.
   */
  cache?: boolean | string;
}

/** Names of the options, for functions that pass them on. */
export const fileOptions = ["onProgress", "signal", "sha256", "cache"] as const;

/** How weights are fetched and read. */
export interface ReadWeightsOptions extends FileOptions {
  /** Which of several dictionaries of tensors in a file of torch.save, such as "state_dict_ema". */
  key?: string;
}

/** Names of the options, for functions that pass them on. */
export const readWeightsOptions = [...fileOptions, "key"] as const;
