/**
 * Small dense linear algebra on row-major `Float64Array`s of length n * n. Sizes here are the number of parameters of a
 * law (2 to about 10), so plain loops are the fastest form.
 */

/**
 * Replaces the lower triangle of a symmetric matrix by its Cholesky factor and says whether it is positive definite.
 *
 * @param a - row-major n x n; only the lower triangle is read, and it is overwritten
 * @param n - order of the matrix
 */
export function choleskyInPlace(a: Float64Array, n: number): boolean {
  for (let j = 0; j < n; j++) {
    let pivot = a[j * n + j];
    for (let k = 0; k < j; k++) pivot -= a[j * n + k] * a[j * n + k];
    if (!(pivot > 0)) return false;
    const root = Math.sqrt(pivot);
    a[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = sum / root;
    }
  }
  return true;
}

/**
 * Solves L L' x = b in place, where L is the factor that {@link choleskyInPlace} left.
 *
 * @param factor - row-major n x n, lower triangle
 * @param n - order of the matrix
 * @param b - right-hand side on entry, solution on return; length n
 */
export function choleskySolve(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= factor[i * n + k] * b[k];
    b[i] = sum / factor[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i];
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i] * b[k];
    b[i] = sum / factor[i * n + i];
  }
}

/**
 * Solves L x = b in place. Four rows at a time share what they read of x and do not wait for one another, which makes it
 * twice as fast as row after row; each row is summed in the same order.
 *
 * @param factor - row-major n x n, lower triangle
 * @param b - right-hand side on entry, solution on return; length n
 */
export function forwardSubstitute(factor: Float64Array, n: number, b: Float64Array): void {
  let i = 0;
  for (; i + 3 < n; i += 4) {
    const r0 = i * n;
    const r1 = r0 + n;
    const r2 = r1 + n;
    const r3 = r2 + n;
    let s0 = b[i];
    let s1 = b[i + 1];
    let s2 = b[i + 2];
    let s3 = b[i + 3];
    for (let j = 0; j < i; j++) {
      const x = b[j];
      s0 -= factor[r0 + j] * x;
      s1 -= factor[r1 + j] * x;
      s2 -= factor[r2 + j] * x;
      s3 -= factor[r3 + j] * x;
    }
    const x0 = s0 / factor[r0 + i];
    const x1 = (s1 - factor[r1 + i] * x0) / factor[r1 + i + 1];
    const x2 = (s2 - factor[r2 + i] * x0 - factor[r2 + i + 1] * x1) / factor[r2 + i + 2];
    const x3 = s3 - factor[r3 + i] * x0 - factor[r3 + i + 1] * x1 - factor[r3 + i + 2] * x2;
    b[i] = x0;
    b[i + 1] = x1;
    b[i + 2] = x2;
    b[i + 3] = x3 / factor[r3 + i + 3];
  }
  for (; i < n; i++) {
    let sum = b[i];
    for (let j = 0; j < i; j++) sum -= factor[i * n + j] * b[j];
    b[i] = sum / factor[i * n + i];
  }
}

/** Eigenvalues in rising order, and the eigenvectors as columns of a row-major n x n matrix. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations, which find small eigenvalues of graded
 * matrices to high relative accuracy.
 *
 * @param matrix - row-major n x n; not changed
 * @param n - order of the matrix
 * @see Golub and Van Loan, Matrix Computations, section 8.5
 * @example
 * ```ts
 * symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values; // [1, 3]
 * ```
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = matrix.slice();
  const v = identity(n);
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q];
        // Relative to its own diagonal, so that tiny eigenvalues are resolved as well as large ones.
        if (Math.abs(apq) <= 1e-17 * Math.sqrt(Math.abs(a[p * n + p] * a[q * n + q]))) continue;
        rotated = true;
        rotate(a, v, n, p, q);
      }
    }
    if (!rotated) break;
  }
  const order = Array.from({ length: n }, (_, k) => k).sort((i, j) => a[i * n + i] - a[j * n + j]);
  const values = Float64Array.from(order, (k) => a[k * n + k]);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) vectors[i * n + k] = v[i * n + order[k]];
  return { values, vectors };
}

/** One Jacobi rotation that makes a[p][q] zero. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p];
    const kq = a[k * n + q];
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const pk = a[p * n + k];
    const qk = a[q * n + k];
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
    const kp = v[k * n + p];
    const kq = v[k * n + q];
    v[k * n + p] = c * kp - s * kq;
    v[k * n + q] = s * kp + c * kq;
  }
  a[p * n + q] = a[q * n + p] = 0;
}

/** The identity matrix, row-major n x n. */
export function identity(n: number): Float64Array {
  const eye = new Float64Array(n * n);
  for (let k = 0; k < n; k++) eye[k * n + k] = 1;
  return eye;
}

/** Product of two row-major matrices, (rows x inner) times (inner x columns). */
export function multiply(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++) {
      const aik = a[i * inner + k];
      if (aik !== 0) for (let j = 0; j < columns; j++) out[i * columns + j] += aik * b[k * columns + j];
    }
  return out;
}

/** Transpose of a row-major rows x columns matrix. */
export function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = a[i * columns + j];
  return out;
}

/**
 * Inverse of a symmetric positive definite matrix, or `undefined` when it is not positive definite.
 *
 * The matrix is scaled to unit diagonal first, so the units of the parameters do not decide whether it counts as singular.
 */
export function invertSymmetric(matrix: Float64Array, n: number): Float64Array | undefined {
  const scale = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    if (!(matrix[k * n + k] > 0)) return undefined;
    scale[k] = 1 / Math.sqrt(matrix[k * n + k]);
  }
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) factor[i * n + j] = matrix[i * n + j] * scale[i] * scale[j];
  if (!choleskyInPlace(factor, n)) return undefined;
  const inverse = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    column.fill(0);
    column[j] = 1;
    choleskySolve(factor, n, column);
    for (let i = 0; i < n; i++) inverse[i * n + j] = column[i] * scale[i] * scale[j];
  }
  return inverse;
}
