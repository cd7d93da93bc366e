// `npm start`: trains LeNet-5 on MNIST from whatever state the checkout is in.
import { spawnSync } from "node:child_process";
import { root, setup } from "./setup.mjs";

const job = "train lenet5 --data mnist --epochs 5 --out lenet5.safetensors --report lenet5.html --show 6";

await setup();
const args = ["build/cli.js", ...job.split(" "), ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
process.exit(status ?? 1);
