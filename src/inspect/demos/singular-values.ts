/** A matrix as a sum of products of columns and rows: m = sum over r of values[r] columns[r] rows[r]^T, largest first. */
export interface SingularValues {
  readonly values: Float64Array;
  /** Left vectors of length 1, as long as the matrix is high. */
  readonly columns: readonly Float64Array[];
  /** Right vectors of length 1, as long as the matrix is wide. */
  readonly rows: readonly Float64Array[];
}

/** Sweeps over all pairs of columns. Jacobi's method converges quadratically: a handful is usual. */
const SWEEPS = 60;

/**
 * The singular value decomposition of a small matrix [h, w], by one-sided Jacobi rotations (Hestenes, 1958): columns are
 * turned in pairs until all are orthogonal; then their lengths are the singular values.
 */
export function singularValues(matrix: ArrayLike<number>, h: number, w: number): SingularValues {
  if (h < w) {
    // Fewer rows than columns: of the transpose, so that no more than min(h, w) values come out.
    const { values, columns, rows } = singularValues(transposed(matrix, h, w), w, h);
    return { values, columns: rows, rows: columns };
  }
  const columns = Array.from({ length: w }, (_, j) =>
    Float64Array.from({ length: h }, (_i, i) => matrix[i * w + j]!),
  );
  const turns = Array.from({ length: w }, (_, j) => {
    const unit = new Float64Array(w);
    unit[j] = 1;
    return unit;
  });
  for (let sweep = 0, turned = true; turned && sweep < SWEEPS; sweep++) {
    turned = false;
    for (let p = 0; p < w; p++) {
      for (let q = p + 1; q < w; q++) {
        const [a, b] = [columns[p]!, columns[q]!];
        const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
        if (Math.abs(ab) <= 1e-15 * Math.sqrt(aa * bb)) continue;
        turned = true;
        const zeta = (bb - aa) / (2 * ab);
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cosine = 1 / Math.hypot(1, tangent);
        rotate(a, b, cosine, cosine * tangent);
        rotate(turns[p]!, turns[q]!, cosine, cosine * tangent);
      }
    }
  }
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  const order = lengths.map((_, j) => j).sort((i, j) => lengths[j]! - lengths[i]!);
  return {
    values: Float64Array.from(order, (j) => lengths[j]!),
    columns: order.map((j) => columns[j]!.map((value) => (lengths[j]! > 0 ? value / lengths[j]! : 0))),
    rows: order.map((j) => turns[j]!),
  };
}

function rotate(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    a[i] = cosine * x - sine * y;
    b[i] = sine * x + cosine * y;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function transposed(matrix: ArrayLike<number>, h: number, w: number): Float64Array {
  return Float64Array.from({ length: h * w }, (_, i) => matrix[(i % h) * w + Math.floor(i / h)]!);
}
