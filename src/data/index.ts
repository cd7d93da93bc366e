export { type ImageFolderOptions, imageFolder } from "./image-folder.js";
export * from "./sets.js";
