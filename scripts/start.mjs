// `npm start`: trains LeNet-5 on MNIST from whatever state the checkout is in. Options of `featuremap train` may follow:
// `npm start -- --epochs 10 --seed 7`.
import { spawn } from "node:child_process";
import { join, relative } from "node:path";
import { root, setup } from "./setup.mjs";

const asked = process.argv.slice(2);
// Standard output is for the JSON alone.
if (asked.includes("--json")) console.log = console.error;
await setup();
const cli = join(root, "build/cli.js");
const job = "train lenet5 --data mnist --out lenet5.safetensors --report lenet5.html --show 6".split(" ");

// Ctrl-C goes to both: the training ends well and this script with it.
const wait = () => {};
process.on("SIGINT", wait);
process.on("SIGTERM", (signal) => child.kill(signal));
const child = spawn(process.execPath, [cli, ...job, ...asked], { stdio: "inherit" });
child.on("close", (code, signal) => {
  if (code === 0 && !asked.some((option) => ["--json", "--help", "-h"].includes(option))) {
    const run = `node ${relative(process.cwd(), cli)}`;
    const next = [
      ["a picture of a digit of your own", `${run} classify digit.png --weights lenet5.safetensors`],
      ["what each layer makes of it", `${run} inspect lenet5 digit.png --weights lenet5.safetensors`],
      ["the network, layer by layer", `${run} summary lenet5`],
      ["twice as long, from other weights", "npm start -- --epochs 10 --seed 7"],
    ];
    console.log(`\nNext:\n${next.map(([what, command]) => `  ${what.padEnd(35)}${command}`).join("\n")}`);
  }
  process.exit(code ?? (signal ? 130 : 1));
});
