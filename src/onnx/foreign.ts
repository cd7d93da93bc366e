import { check } from "../errors.js";

const WEIGHTS =
  "These are weights without a network: build the network, and give the file to model.load. Or export the network in Python by torch.onnx.export.";
const PICTURE = "Import the network from its ONNX file, and give the picture to model.classify.";

/** What else people take for networks: how it begins (after so many bytes), what it is, and what to do with it. */
const foreign: readonly (readonly [start: string, what: string, remedy: string, at?: number])[] = [
  ["PK\x03\x04", "a zip file, as torch.save and numpy.savez write it", WEIGHTS],
  ["\x80\x02", "a pickle, as torch.save wrote it once", WEIGHTS],
  ["\x93NUMPY", "an npy file", WEIGHTS],
  ["\x00\x00\x00{", "a safetensors file", WEIGHTS, 5],
  ["\x89HDF", "HDF5, as Keras has it", "Convert it to ONNX in Python by tf2onnx."],
  ["TFL3", "of TensorFlow Lite", "Convert it to ONNX in Python by tf2onnx.", 4],
  ["ORTM", "of ONNX Runtime's own format", "Give the .onnx file that it was made from.", 4],
  ["\xff\xd8\xff", "a JPEG picture", PICTURE],
  ["\x89PNG", "a PNG picture", PICTURE],
  ["\x1f\x8b", "packed by gzip", "Unpack it first."],
  ["version https://git-lfs", "the pointer that git LFS leaves in place of a file", "Run git lfs pull."],
];

/** Names, sizes and kinds of parts of an ONNX file are no characters, so none has so many in a row at its beginning. */
const TEXT = 64;

/** Throws, with what it is and what to do, for what is plainly something other than an ONNX file. */
export function checkForeign(bytes: Uint8Array, file: string): void {
  check(bytes.length > 0, () => `${file} is empty. Download or export it again.`);
  const begins = (start: string, at = 0): boolean =>
    [...start].every((character, i) => bytes[at + i] === character.charCodeAt(0));
  const known = foreign.find(([start, , , at]) => begins(start, at));
  check(!known, () => `${file} is ${known![1]}, not an ONNX file. ${known![2]}`);
  const text = String.fromCharCode(...bytes.subarray(0, TEXT)).replace(/^\xef\xbb\xbf/, "");
  check(!/^[\t\n\r\x20-\x7e]+$/.test(text), () => {
    const what = /^\s*</.test(text) ? "a web page" : /^\s*[{[]/.test(text) ? "JSON" : "a text";
    return (
      `${file} is ${what}, not an ONNX file: it begins with ${JSON.stringify(text.trim().slice(0, 24))}. Check the path or the ` +
      "address: that of a file itself, not of a page about it."
    );
  });
}
