import { assert, suite, warnings } from "../harness/suite.js";

type Library = typeof import("../../src/index.js");

/** The built library, with a state of its own. */
const library = (name: string): Promise<Library> => import(`/build/featuremap.min.js?${name}`);

const test = suite("pages");

test("a page that is not isolated runs on one thread and is told so once", async () => {
  const { conv2d, init, relu, sequential, tensor } = await library("one");
  const network = sequential([conv2d(4, 3), relu()]);
  const said = await warnings(async () => {
    for (let round = 0; round < 3; round++) {
      const runtime = await init({ threads: 3 });
      assert.is(runtime.threads, crossOriginIsolated ? 3 : 1);
      using model = await network.build([1, 8, 8]);
      const input = tensor(
        Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)),
        [1, 1, 8, 8],
      );
      assert.equal((await model.predict(input)).data, model.predictSync(input).data);
      runtime.dispose();
    }
  });
  assert.is(said.length, crossOriginIsolated ? 0 : 1);
  if (said.length > 0)
    assert.match(said[0]!, /^featuremap: .*not cross-origin isolated.*Cross-Origin-Opener-Policy/);
});

test("a page that asks for one thread is told nothing", async () => {
  const { conv2d, init, sequential, tensor } = await library("two");
  const said = await warnings(async () => {
    using runtime = await init({ threads: 1 });
    assert.is(runtime.threads, 1);
    using model = await sequential([conv2d(2, 1)]).build([1, 2, 2]);
    await model.predict(tensor([1, 2, 3, 4], [1, 1, 2, 2]));
  });
  assert.equal(said, []);
});

test("without init the first model sets everything up, with as many threads as there are cores", async () => {
  const { conv2d, dispose, sequential, tensor } = await library("three");
  const said = await warnings(async () => {
    using model = await sequential([conv2d(2, 1)]).build([1, 2, 2]);
    assert.is(model.runtime.threads, crossOriginIsolated ? Math.min(16, navigator.hardwareConcurrency) : 1);
    assert.is((await model.predict(tensor([1, 2, 3, 4], [1, 1, 2, 2]))).size, 8);
  });
  dispose();
  assert.is(said.length, crossOriginIsolated || navigator.hardwareConcurrency === 1 ? 0 : 1);
});

test("timers and painting go on while a page predicts in a loop", async () => {
  const { conv2d, init, sequential, tensor } = await library("four");
  await warnings(async () => {
    using _runtime = await init({ threads: 2 });
    using model = await sequential([conv2d(16, 3), conv2d(16, 3)]).build([3, 32, 32]);
    const input = tensor(new Float32Array(3 * 32 * 32), [1, 3, 32, 32]);
    let frames = 0;
    let ticks = 0;
    let going = true;
    const frame = () => {
      frames++;
      if (going) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const timer = setInterval(() => ticks++, 10);
    for (const start = performance.now(); performance.now() - start < 500; ) await model.predict(input);
    going = false;
    clearInterval(timer);
    assert.ok(ticks >= 3, `${ticks} ticks of 10 ms in 500 ms`);
    assert.ok(frames >= 2, `${frames} frames in 500 ms`);
  });
});

test.run();
