/** The tag that says how the camera was held. */
const ORIENTATION = 274;
/** "I", with which data of little-endian numbers begin. */
const LITTLE = 0x49;

/** The orientation tag of EXIF data, which are a TIFF file; upright where there is none or the data are damaged. */
export function readOrientation(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const upright = 1;
  if (tiff.length < 8) return upright;
  const little = tiff[0] === LITTLE;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return upright;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.length) return upright;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : upright;
  }
  return upright;
}
