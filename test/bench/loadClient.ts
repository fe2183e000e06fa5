import { Agent, request, type OutgoingHttpHeaders } from 'node:http';

/** One request: what is asked, and what the answer may be. */
export interface Ask {
  /** Under this name it is counted. */
  readonly kind: string;
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: OutgoingHttpHeaders;
  /** Statuses that it may get. */
  readonly statuses: readonly number[];
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** What happened so far. */
export interface Tally {
  requests: number;
  readonly statuses: Map<number, number>;
  /** Milliseconds of each kind. */
  readonly times: Map<string, number[]>;
  /** Answers that should not have been, the first of them in full. */
  readonly faults: string[];
  faultCount: number;
}

/** Sends requests over so many kept connections, and counts what comes back. */
export class LoadClient {
  readonly tally: Tally = { requests: 0, statuses: new Map(), times: new Map(), faults: [], faultCount: 0 };
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, connections: number) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  fault(text: string): void {
    this.tally.faultCount++;
    if (this.tally.faults.length < 20) this.tally.faults.push(text.slice(0, 500));
  }

  /** Sends one request; an answer that is not expected, or none, is a fault. */
  async ask({ kind, method = 'GET', path, body, headers = {}, statuses }: Ask): Promise<Reply> {
    const began = performance.now();
    let reply: Reply;
    try {
      reply = await this.#send(method, path, body, headers);
    } catch (error) {
      reply = { status: 0, text: String(error) };
    }
    this.#count(kind, reply.status, began);
    if (!statuses.includes(reply.status))
      this.fault(`${kind}: ${method} ${path.slice(0, 200)} gave ${String(reply.status)}: ${reply.text}`);
    return reply;
  }

  /** Begins a request and hangs up before its answer. */
  async hangUp({ kind, method = 'POST', path, body, headers = {} }: Omit<Ask, 'statuses'>): Promise<void> {
    const began = performance.now();
    await new Promise<void>((resolve) => {
      const sent = request({ host: '127.0.0.1', port: this.#port, method, path, headers, agent: false });
      sent.once('close', resolve).on('error', () => undefined);
      sent.write(body ?? '');
      setTimeout(() => sent.destroy(), 5);
    });
    this.#count(kind, 0, began);
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Status 0 is no answer. */
  #count(kind: string, status: number, began: number): void {
    const { tally } = this;
    tally.requests++;
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
    let times = tally.times.get(kind);
    if (times === undefined) tally.times.set(kind, (times = []));
    times.push(performance.now() - began);
  }

  #send(method: string, path: string, body: string | Buffer | undefined, headers: OutgoingHttpHeaders): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const sent = request(
        { host: '127.0.0.1', port: this.#port, method, path, headers: { ...headers, ...length }, agent: this.#agent },
        (answer) => {
          const pieces: Buffer[] = [];
          answer.on('data', (piece: Buffer) => pieces.push(piece));
          answer.once('end', () => {
            resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString() });
          });
          answer.once('error', reject);
        },
      );
      sent.once('error', reject).end(body);
    });
  }
}
