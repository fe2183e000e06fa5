import { kind, quote } from './errorKind.ts';

/** The part of the table of errors that only a server raises. */
export const serverKinds = {
  ADDRESS_UNAVAILABLE: kind<{ host: string; port: number; reason: string }>({
    exit: 1,
    http: 500,
    text: (d) => `The server cannot listen on ${d.host}, port ${String(d.port)}: ${d.reason}.`,
    remedy: () => 'Choose another with --host and --port; --port 0 takes any free port.',
  }),
  TOKEN_NEEDED: kind<{ host: string }>({
    exit: 2,
    http: 400,
    text: (d) =>
      `${quote(d.host)} is not this machine alone, and without a token whoever reaches it could use the server.`,
    remedy: () =>
      'Make a token with "openssl rand -hex 32" and give it in the environment variable ISOFLOP_TOKEN, or leave --host out.',
  }),
  TOKEN_WEAK: kind<{ least: number; reason: string }>({
    exit: 2,
    http: 400,
    text: (d) => `The token cannot be used: ${d.reason}.`,
    remedy: (d) => `It takes ${String(d.least)} or more printable characters; "openssl rand -hex 32" makes a good one.`,
  }),
  TOKEN_REQUIRED: kind<{ scheme: 'Bearer' }>({
    exit: 2,
    http: 401,
    text: () => 'This server asks for a token.',
    remedy: () => 'Send the header "Authorization: Bearer TOKEN"; in the browser, append #token=TOKEN to the address.',
  }),
  TOKEN_WRONG: kind<{ scheme: 'Bearer' }>({
    exit: 2,
    http: 401,
    text: () => 'The token is not the one of this server.',
    remedy: () => 'Use the token that the server was started with (ISOFLOP_TOKEN or --token).',
  }),
  ORIGIN_FOREIGN: kind<{ origin: string }>({
    exit: 2,
    http: 403,
    text: (d) => `The request comes from another site, ${quote(d.origin)}, and would change something here.`,
    remedy: () => 'Use the page of this server; behind a proxy, name the host that browsers see with --allow-host.',
  }),
  HOST_UNKNOWN: kind<{ host: string }>({
    exit: 2,
    http: 403,
    text: (d) => `This server does not answer for the host ${quote(d.host)}.`,
    remedy: () => 'Use the address it printed; behind a proxy, name the host that browsers see with --allow-host.',
  }),
  RATE_LIMITED: kind<{ what: string; limit: number; retryAfter: number }>({
    exit: 2,
    http: 429,
    text: (d) => `There were more than ${String(d.limit)} ${d.what} in a minute from this address.`,
    remedy: (d) => `Wait ${String(d.retryAfter)} seconds.`,
  }),
  REQUEST_SLOW: kind<{ part: string }>({
    exit: 2,
    http: 408,
    text: (d) => `The ${d.part} of the request took too long to arrive.`,
    remedy: () => 'Send the request again over a better connection.',
  }),
  SERVER_STOPPING: kind<{ retryAfter: number }>({
    exit: 1,
    http: 503,
    text: () => 'The server is stopping.',
    remedy: (d) => `Try again in ${String(d.retryAfter)} seconds, when it may have been started again.`,
  }),
  REQUEST_INVALID: kind<{ message: string; remedy?: string }>({
    exit: 2,
    http: 400,
    text: (d) => d.message,
    remedy: (d) => d.remedy ?? 'See /documentation.',
  }),
  DATASET_UNKNOWN: kind<{ id: string }>({
    exit: 2,
    http: 404,
    text: (d) => `There is no dataset ${quote(d.id)}.`,
    remedy: () => 'GET /api/datasets lists the datasets; upload the CSV again if it was deleted.',
  }),
  DATASET_FIXED: kind<{ name: string }>({
    exit: 2,
    http: 409,
    text: (d) => `${d.name} was not uploaded but lies in the folder of data, so the server does not delete it.`,
    remedy: () => 'Remove the file there.',
  }),
  DATASET_TOO_LONG: kind<{ name: string; limit: number }>({
    exit: 2,
    http: 413,
    text: (d) => `${d.name} has more than ${String(d.limit)} rows.`,
    remedy: () => 'Leave checkpoints out before the upload, or start the server with a larger --max-rows.',
  }),
  DATASET_TOO_WIDE: kind<{ name: string; limit: number }>({
    exit: 2,
    http: 413,
    text: (d) => `${d.name} has more than ${String(d.limit)} columns.`,
    remedy: () => 'Leave out columns that no fit needs, or start the server with a larger --max-columns.',
  }),
  UPLOAD_INVALID: kind<{ reason: string }>({
    exit: 2,
    http: 400,
    text: (d) => `The upload cannot be used: ${d.reason}.`,
    remedy: () => 'Send multipart/form-data with one part "file" that has a file name.',
  }),
  UPLOAD_TOO_LARGE: kind<{ name: string; limit: string }>({
    exit: 2,
    http: 413,
    text: (d) => `${d.name} is larger than ${d.limit}.`,
    remedy: () => 'Leave columns or checkpoints out, or start the server with a larger --max-upload.',
  }),
  FIT_EXISTS: kind<{ id: string }>({
    exit: 2,
    http: 409,
    text: (d) => `There is a fit ${quote(d.id)} already.`,
    remedy: () => 'Choose another id, or delete that fit first.',
  }),
  SWEEP_UNKNOWN: kind<{ id: string }>({
    exit: 2,
    http: 404,
    text: (d) => `There is no sweep ${quote(d.id)}.`,
    remedy: () => 'GET /api/sweeps lists them: the folders that isoflop sweep and isoflop train wrote below --runs.',
  }),
  JOB_UNKNOWN: kind<{ id: string }>({
    exit: 2,
    http: 404,
    text: (d) => `There is no job ${quote(d.id)}.`,
    remedy: () => 'Jobs are forgotten some time after they end, and when the server stops. GET /api/jobs lists them.',
  }),
  JOB_UNFINISHED: kind<{ id: string; state: string }>({
    exit: 2,
    http: 409,
    text: (d) => `The job ${quote(d.id)} has no result: it is ${d.state}.`,
    remedy: () => 'GET /api/jobs/ID/events tells when it ends.',
  }),
  JOB_CANCELLED: kind<{ reason: string }>({
    exit: 1,
    http: 503,
    text: (d) => `The work was cancelled: ${d.reason}.`,
    remedy: () => 'Ask for it again.',
  }),
  JOB_TIMEOUT: kind<{ limit: string }>({
    exit: 1,
    http: 503,
    text: (d) => `The work took longer than ${d.limit} and was stopped.`,
    remedy: () => 'Ask for fewer rows or resamples, or start the server with a longer --job-timeout.',
  }),
  PREVIEW_SLOW: kind<{ limit: string }>({
    exit: 1,
    http: 503,
    text: (d) => `The fit took longer than ${d.limit}, which is too long to look at while options change.`,
    remedy: () => 'Save it as a fit, which may take as long as a job; or use fewer rows or a simpler formula.',
  }),
  WORKER_FAILED: kind<{ reason: string }>({
    exit: 1,
    http: 500,
    text: (d) => `The thread that did the work ended early: ${d.reason}.`,
    remedy: () => 'Ask for fewer rows or resamples; the log of the server has more.',
  }),
  QUEUE_FULL: kind<{ limit: number; retryAfter: number }>({
    exit: 1,
    http: 503,
    text: (d) => `${String(d.limit)} jobs wait already.`,
    remedy: () => 'Try again in a while, or cancel jobs that nobody waits for.',
  }),
  DISK_FULL: kind<{ file: string; reason: string }>({
    exit: 1,
    http: 507,
    text: (d) => `${d.file} cannot be written: ${d.reason}.`,
    remedy: () => 'Free some space and try again; what was there before is as it was.',
  }),
} as const;
