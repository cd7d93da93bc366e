export { type ImageFolder, type ImageFolderOptions, imageFolder, type Preparing } from "./image-folder.js";
export * from "./sets.js";
