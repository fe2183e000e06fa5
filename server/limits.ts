/** What one client, or all of them, can ask of a server before it says no. Sizes in bytes, durations in milliseconds. */
export interface Limits {
  /** Largest body of a request that is no upload. */
  readonly bodyBytes: number;
  /** Largest file that can be uploaded. */
  readonly uploadBytes: number;
  /** Most rows of a data set, header not counted. */
  readonly rows: number;
  /** Most columns of a data set. */
  readonly columns: number;
  /** Most points of one prediction. */
  readonly points: number;
  /** Most jobs that wait at once. */
  readonly queue: number;
  /** Most finished jobs whose results are kept in memory. */
  readonly results: number;
  /** Longest that one job may run. */
  readonly jobMs: number;
  /** Longest that a preview may take. */
  readonly previewMs: number;
  /** Longest that the headers of a request may take. */
  readonly headersMs: number;
  /** Longest that the body of a request that is no upload may take to arrive. */
  readonly bodyMs: number;
  /** Longest that a whole upload may take to arrive. */
  readonly uploadMs: number;
  /** Longest that any body may pause on its way. */
  readonly uploadIdleMs: number;
  /** Longest that a connection without a request is kept. */
  readonly keepAliveMs: number;
  /** Most connections at once. */
  readonly connections: number;
  /** Longest that requests in flight may take to finish when the server stops. */
  readonly stopMs: number;
}

/** The limits of a server that is not told others. `docs/server.md` shows them, which a test compares. */
export const defaultLimits: Limits = {
  bodyBytes: 16 * 2 ** 20,
  uploadBytes: 256 * 2 ** 20,
  rows: 5_000_000,
  columns: 10_000,
  points: 100_000,
  queue: 1000,
  results: 100,
  jobMs: 600_000,
  previewMs: 20_000,
  headersMs: 10_000,
  bodyMs: 60_000,
  uploadMs: 600_000,
  uploadIdleMs: 10_000,
  keepAliveMs: 30_000,
  connections: 1000,
  stopMs: 10_000,
};

/** The limits in force: those given, and {@link defaultLimits} for the rest. */
export const limitsWith = (given: Partial<Limits> = {}): Limits => ({ ...defaultLimits, ...given });
