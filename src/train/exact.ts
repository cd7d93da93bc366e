// Math.cos and ** differ in the last bit between engines; training must not.

/** cos(pi x), for x from 0 to 1. */
export function cosPi(x: number): number {
  if (x > 0.5) return -cosPi(1 - x);
  const square = (Math.PI * x) ** 2;
  let sum = 1;
  for (let k = 22; k >= 2; k -= 2) sum = 1 - (sum * square) / (k * (k - 1));
  return sum;
}

/** x to the power of a whole number n, 0 or more. */
export function power(x: number, n: number): number {
  let result = 1;
  for (let square = x, rest = n; rest > 0; rest = Math.floor(rest / 2), square *= square) {
    if (rest % 2 === 1) result *= square;
  }
  return result;
}
