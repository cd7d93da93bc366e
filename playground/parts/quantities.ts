/** `61,706`; from a million on `61.1 million`. */
export function count(value: number): string {
  if (value >= 1e9) return `${short(value / 1e9)} billion`;
  if (value >= 1e7) return `${short(value / 1e6)} million`;
  return value.toLocaleString("en-US");
}

/** `241 KB`, in thousands. */
export function bytes(value: number): string {
  if (value >= 1e9) return `${short(value / 1e9)} GB`;
  return value >= 1e6 ? `${short(value / 1e6)} MB` : `${short(value / 1e3)} KB`;
}

/** Three digits. */
const short = (value: number): string => Number(value.toPrecision(3)).toLocaleString("en-US");

/** [c, h, w] as the lecture draws networks: height × width × channels. */
export function drawn(shape: readonly number[]): string {
  const [c, ...size] = shape;
  return [...size, c].join(" × ");
}
