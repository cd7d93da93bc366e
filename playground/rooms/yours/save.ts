/** Hands a file to the browser, to be saved under a name. */
export function save(content: Uint8Array<ArrayBuffer> | string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
