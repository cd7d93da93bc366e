import { FeatureMapError } from "../../src/errors.js";
import { relu } from "../../src/layers/activation.js";
import { sequential } from "../../src/layers/containers.js";
import { conv2d } from "../../src/layers/convolution.js";
import { maxPool2d } from "../../src/layers/pooling.js";
import { hasSharedMemory } from "../../src/wasm/features.js";
import { SERIAL, STEP_HEADER } from "../../src/wasm/steps.js";
import { assert, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";
import { branching, heavy, machine, noise, underWay, until, watchWorkers } from "./machines.js";

const test = suite("threads");

test("the answer is bit-identical for 1, 2 and 3 threads, run after run", async () => {
  using one = machine(1);
  using single = await branching(one);
  for (const threads of [2, 3]) {
    using many = machine(threads);
    using model = await branching(many);
    for (let round = 0; round < 40; round++) {
      const input = noise([(round % 5) + 1, 3, 16, 16], round);
      assert.equal((await model.predict(input)).data, (await single.predict(input)).data);
    }
  }
});

test("convolutions in tiles, for which each thread has memory of its own, are the same for 1 and 3 threads", async () => {
  // Tiles in many groups, each transformed by the thread that multiplies it; then in few, transformed before.
  const net = sequential([conv2d(24, 3), relu(), maxPool2d(2), conv2d(40, 3), conv2d(24, 3)]);
  using one = machine(1);
  using single = await net.build([16, 60, 62], { runtime: one });
  using many = machine(3);
  using model = await net.build([16, 60, 62], { runtime: many });
  for (let round = 0; round < 10; round++) {
    const input = noise([(round % 3) + 1, 16, 60, 62], round);
    assert.equal((await model.predict(input)).data, (await single.predict(input)).data);
  }
});

test("the network of these tests has steps of both kinds, for one thread and for all", async () => {
  using on = machine(2);
  const flags: number[] = [];
  const ints = () => new Int32Array(on.heap.memory.buffer);
  const { exclusive } = on;
  on.exclusive = (work) =>
    exclusive.call(on, (run) =>
      work((address, steps, flops) => {
        for (let i = 0, at = address / 4; i < steps; i++, at += STEP_HEADER + ints()[at + 4]!)
          flags.push(ints()[at + 3]!);
        return run(address, steps, flops);
      }),
    ) as never;
  using model = await branching(on);
  await model.predict(noise([2, 3, 16, 16]));
  const serial = flags.filter((flag) => flag & SERIAL).length;
  assert.ok(serial >= 2 && flags.length - serial >= 4, `${serial} of ${flags.length} steps are serial`);
});

test("predictSync and predict take turns on one runtime and agree", async () => {
  using on = machine(2);
  using model = await branching(on);
  const input = noise([2, 3, 16, 16]);
  const expected = model.predictSync(input).data;
  for (let round = 0; round < 5; round++) {
    assert.equal((await model.predict(input)).data, expected);
    assert.equal(model.predictSync(input).data, expected);
  }
});

test("many calls at once on two models, of more shapes than a model keeps plans for", async () => {
  for (const threads of [1, 2]) {
    using on = machine(threads);
    using a = await branching(on, 1);
    using b = await branching(on, 2);
    const inputs = Array.from({ length: 20 }, (_, i) => noise([(i % 7) + 1, 3, 16, 16], i));
    const expected = inputs.map((input, i) => (i % 2 ? a : b).predictSync(input).data);
    const results = await Promise.all(inputs.map((input, i) => (i % 2 ? a : b).predict(input)));
    assert.equal(
      results.map(({ data }) => data),
      expected,
    );
  }
});

test("predictSync during a run is refused with a sentence, and the run is not disturbed", async () => {
  using on = machine(2);
  using model = await heavy(on);
  const input = noise([1, 16, 96, 96], 1);
  const expected = model.predictSync(input).data;
  let over = false;
  const running = model.predict(input).finally(() => {
    over = true;
  });
  await underWay();
  assert.not.ok(over);
  while (!over) {
    throwsMessage(() => model.predictSync(noise([1, 16, 96, 96], 2)), /another run is in progress.*predict/);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal((await running).data, expected);
});

test("timers go on during a long run, and during many short ones on the calling thread", async () => {
  /** The longest time between two ticks of a timer while `work` goes on, and the time that takes. */
  const ticks = async (work: () => Promise<unknown>) => {
    let longest = 0;
    let count = 0;
    const start = performance.now();
    let last = start;
    const timer = setInterval(() => {
      count++;
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    await work();
    clearInterval(timer);
    return { longest, count, took: performance.now() - start };
  };
  const alone = machine(1);
  using small = await branching(alone);
  const input = noise([1, 3, 16, 16]);
  await small.predict(input);
  const short = await ticks(async () => {
    for (const start = performance.now(); performance.now() - start < 300; ) await small.predict(input);
  });
  assert.ok(short.count >= 3, `${short.count} ticks in ${short.took} ms`);

  using on = machine(2);
  using model = await heavy(on);
  const large = noise([8, 16, 96, 96]);
  await model.predict(large);
  const long = await ticks(() => model.predict(large));
  assert.ok(long.longest < long.took / 2, `nothing happened for ${long.longest} of ${long.took} ms`);
});

test("a model disposed of during a run takes its memory along only afterwards", async () => {
  using on = machine(2);
  using kept = await branching(on, 3);
  const input = noise([4, 3, 16, 16], 3);
  const expected = (await kept.predict(input)).data;
  const atRest = on.heap.usedBytes;
  for (let round = 0; round < 5; round++) {
    const model = await heavy(on);
    const running = model.predict(noise([1, 16, 96, 96]));
    await underWay();
    const inUse = on.heap.usedBytes;
    model.dispose();
    assert.is(on.heap.usedBytes, inUse, "the memory of a run in progress was given back");
    // Takes whatever is free, and writes on it.
    const other = await branching(on, 4);
    const queued = kept.predict(input);
    assert.ok((await running).data.every(Number.isFinite));
    assert.equal((await queued).data, expected);
    other.dispose();
    await new Promise((resolve) => setTimeout(resolve));
    assert.is(on.heap.usedBytes, atRest);
  }
});

test("a call that waits for its turn when its model is disposed of fails with a sentence", async () => {
  using on = machine(2);
  using other = await branching(on);
  const model = await branching(on);
  const input = noise([1, 3, 16, 16]);
  const first = other.predict(input);
  const second = model.predict(input);
  model.dispose();
  await first;
  await rejectsMessage(second, /This model was disposed of/);
  await rejectsMessage(() => model.predict(input), /This model was disposed of/);
  await rejectsMessage(async () => model.predictSync(input), /This model was disposed of/);
  await rejectsMessage(async () => model.stateDict(), /This model was disposed of/);
});

test("workers start with the first run, end with the last model, and start again", async () => {
  const watch = watchWorkers();
  using on = machine(2);
  const empty = on.heap.usedBytes;
  const input = noise([2, 3, 16, 16]);
  let expected: Float32Array | undefined;
  for (let round = 0; round < 12; round++) {
    {
      using model = await branching(on);
      using another = await branching(on);
      assert.is(watch.workers.length, 2 * round);
      const { data } = await model.predict(input);
      expected ??= data;
      assert.equal(data, expected);
      assert.equal((await another.predict(input)).data, expected);
      assert.is(watch.workers.length, 2 * (round + 1));
    }
    await new Promise((resolve) => setTimeout(resolve));
    // Every other time, new workers start while the old ones may still be on their way out.
    if (round % 2) await until(() => watch.workers.every(({ ended }) => ended), "the end of the workers");
  }
  await until(() => on.heap.usedBytes === empty, "the return of all memory");
  watch.stop();
});

test("a runtime that is disposed of ends its workers; its models and it then refuse with a sentence", async () => {
  const watch = watchWorkers();
  const on = machine(2);
  const model = await branching(on);
  const input = noise([1, 3, 16, 16]);
  await model.predict(input);
  on.dispose();
  await until(
    () => watch.workers.length === 2 && watch.workers.every(({ ended }) => ended),
    "the end of the workers",
  );
  await rejectsMessage(() => model.predict(input), /The runtime was disposed of/);
  throwsMessage(() => model.predictSync(input), /The runtime was disposed of/);
  await rejectsMessage(() => branching(on), /The runtime was disposed of/);
  model.dispose();
  on.dispose();
  watch.stop();
});

test("a runtime disposed of during a run fails that run and those that wait, once each", async () => {
  const on = machine(2);
  const model = await heavy(on);
  const input = noise([1, 16, 96, 96]);
  // With the workers there, a run begins as soon as it is asked for.
  await model.predict(input);
  const results = Promise.allSettled([model.predict(input), model.predict(input)]);
  await underWay();
  on.dispose();
  const reasons = (await results).map((result) => {
    assert.is(result.status, "rejected");
    return (result as PromiseRejectedResult).reason as Error;
  });
  for (const reason of reasons) assert.instance(reason, FeatureMapError);
  assert.match(reasons[0]!.message, "The runtime was disposed of during a run");
  assert.match(reasons[1]!.message, "The runtime was disposed of. Call init() again.");
  model.dispose();
});

// Without shared memory there are no threads: see calling-thread.test.ts.
if (hasSharedMemory()) test.run();
