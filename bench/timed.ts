/** The milliseconds of each of `times` calls. */
export async function timed(times: number, work: () => unknown): Promise<Float64Array> {
  const ms = new Float64Array(times);
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    await work();
    ms[i] = performance.now() - started;
  }
  return ms;
}
