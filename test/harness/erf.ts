// The error function in double precision, which JavaScript lacks.

/** 1 - erf x, also where that is tiny. */
export function erfc(x: number): number {
  if (!(x >= 2)) return x < 0 ? 2 - erfc(-x) : 1 - series(x);
  // The continued fraction of Laplace, from the inside out.
  let fraction = x;
  for (let k = 120; k > 0; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/** 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
export function erf(x: number): number {
  return Math.abs(x) < 2 ? series(x) : Math.sign(x) * (1 - erfc(Math.abs(x)));
}

/** erf x for small x: the sum of (-1)^k x^(2k + 1) / (k! (2k + 1)). */
function series(x: number): number {
  let sum = x;
  for (let k = 1, power = x; k < 60; k++) {
    power *= (-x * x) / k;
    sum += power / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
