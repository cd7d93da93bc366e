import type { Job } from "../engine.js";

export async function placeholder(_args: { n: number }, _job: Job): Promise<number> {
  return 1;
}
