import { constant, cosine, oneCycle, type Schedule, stepDecay, warmup } from "../../src/train/index.js";
import { assert, near, suite, throwsMessage } from "../harness/suite.js";

const test = suite("schedules");

/** Learning rates of all steps, two to an epoch. */
function rates(schedule: Schedule, totalSteps: number): number[] {
  return Array.from({ length: totalSteps }, (_, step) =>
    schedule({ step, totalSteps, epoch: Math.floor(step / 2), baseLr: 0.1 }),
  );
}

const exact = { atol: 1e-15, rtol: 1e-13 };

test("constant gives the optimiser's learning rate", () => {
  assert.equal(rates(constant(), 3), [0.1, 0.1, 0.1]);
});

// The numbers below come from torch.optim.lr_scheduler (PyTorch 1.13).

test("stepDecay is StepLR", () => {
  const expected = [0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01, 0.001];
  near(rates(stepDecay({ every: 2 }), 9), expected, exact);
  near(rates(stepDecay({ every: 1, factor: 0.5 }), 5), [0.1, 0.1, 0.05, 0.05, 0.025], exact);
});

test("cosine is CosineAnnealingLR", () => {
  const expected = [
    0.1, 0.0965745789630079, 0.08681980515339463, 0.07222075445642905, 0.055, 0.03777924554357096,
    0.023180194846605363, 0.013425421036992097,
  ];
  near(rates(cosine({ min: 0.01 }), 8), expected, exact);
  assert.is(cosine()({ step: 12, totalSteps: 10, epoch: 0, baseLr: 0.1 }), 0);
});

test("warmup is LinearLR and then the other schedule from its beginning", () => {
  const expected = [
    0.025, 0.05, 0.07500000000000001, 0.1, 0.1, 0.09045084971874738, 0.06545084971874737, 0.03454915028125263,
    0.009549150281252633,
  ];
  near(rates(warmup(4, cosine()), 9), expected, exact);
  near(rates(warmup(2), 4), [0.05, 0.1, 0.1, 0.1], exact);
});

test("oneCycle is OneCycleLR", () => {
  near(
    rates(oneCycle({ maxLr: 0.4 }), 10),
    [
      0.016, 0.208, 0.4, 0.38019385280538953, 0.3246982615799052, 0.24450480877451572, 0.1554967912254843,
      0.0753033384200948, 0.019807747194610516, 1.6e-6,
    ],
    exact,
  );
  near(
    rates(oneCycle({ maxLr: 0.4, pctStart: 0.5, divFactor: 10, finalDivFactor: 100 }), 7),
    [
      0.04, 0.16437694101250946, 0.36562305898749053, 0.38021357980690335, 0.24465968260447163,
      0.07562673758862505, 0.0004,
    ],
    exact,
  );
  near(
    rates(oneCycle({ maxLr: 0.4, pctStart: 0.2 }), 3),
    [0.37320518793656476, 0.14823719803473193, 1.6e-6],
    exact,
  );
  near(rates(oneCycle({ maxLr: 0.4, pctStart: 1 }), 3), [0.016, 0.208, 0.4], exact);
  assert.equal(rates(oneCycle({ maxLr: 0.4, pctStart: 1 }), 1), [0.4]);
  // More steps than were announced: it stays at its end.
  near([oneCycle({ maxLr: 0.4 })({ step: 25, totalSteps: 10, epoch: 0, baseLr: 1 })], [1.6e-6], exact);
});

test("what makes no sense is refused", () => {
  throwsMessage(() => stepDecay({ every: 0 }), /stepDecay: every is 0; it must be a whole number/);
  throwsMessage(() => stepDecay({ every: 1, factor: 0 }), /factor is 0/);
  throwsMessage(
    () => stepDecay({ every: 1, gamma: 0.1 } as { every: number }),
    /stepDecay: unknown option "gamma"\. It takes: every, factor/,
  );
  throwsMessage(() => cosine({ min: -1 }), /cosine: min is -1/);
  throwsMessage(() => cosine({ minimum: 1 } as object), /unknown option "minimum"/);
  throwsMessage(() => warmup(1.5), /warmup: the number of steps is 1\.5; it must be a whole number/);
  throwsMessage(() => warmup(1, {} as Schedule), /the schedule that follows is {}; it must be a schedule/);
  throwsMessage(() => oneCycle({ maxLr: 0 }), /oneCycle: maxLr is 0/);
  throwsMessage(() => oneCycle({ maxLr: 1, pctStart: 2 }), /pctStart is 2; it must be a number from 0 to 1/);
  throwsMessage(() => oneCycle({ maxLr: 1, divFactor: Number.NaN }), /divFactor is NaN/);
});

test.run();
