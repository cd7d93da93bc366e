// Kernels and worker carried in the bundle, so that no bundler, server or content security policy is in the way.

import source from "worker:inline";
import { kernels } from "#kernels";
import { setCarrier } from "./runtime.js";

setCarrier({ bytes: kernels, worker: source });
