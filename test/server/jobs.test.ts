import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createJobs, type Jobs, type Outcome, type Work } from '../../server/jobs/jobs.ts';
import { limitsWith } from '../../server/limits.ts';
import type { Job } from '../../server/schemas/job.ts';

/** Work that ends when the test says so, or when it is not wanted any more. */
function handWork(): { work: Work; finish: (outcome?: Outcome) => void; fail: (error: unknown) => void } {
  let finish: (outcome: Outcome) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const run: Work['run'] = (signal) =>
    new Promise((resolve, reject) => {
      finish = resolve;
      fail = reject;
      signal.addEventListener('abort', () => {
        reject(new Error('aborted'));
      });
    });
  const work: Work = { kind: 'fit', title: 'by hand', run };
  return {
    work,
    finish: (outcome = {}) => {
      finish(outcome);
    },
    fail: (error) => {
      fail(error);
    },
  };
}

const queue = (threads: number, limits = {}, onDefect: (error: unknown) => void = () => undefined): Jobs =>
  createJobs(threads, limitsWith(limits), onDefect);

describe('the queue of jobs', () => {
  it('runs so many at once, in order', async () => {
    const jobs = queue(2);
    const works = [handWork(), handWork(), handWork()];
    const [a, b, c] = works.map(({ work }) => jobs.add(work));
    expect([a.state, b.state, c.state, c.position]).toEqual(['running', 'running', 'queued', 1]);
    expect(jobs.counts()).toEqual({ queued: 1, running: 2 });
    works[1].finish({ fit: 'b' });
    expect(await jobs.settled(b.id, 1000)).toMatchObject({ state: 'done', fit: 'b' });
    expect(jobs.get(c.id).state).toBe('running');
    expect(jobs.outcome(b.id)).toEqual({ fit: 'b' });
    expect(() => jobs.outcome(a.id)).toThrow(expect.objectContaining({ code: 'JOB_UNFINISHED' }) as Error);
    await jobs.close();
  });

  it('is bounded', async () => {
    const jobs = queue(1, { queue: 2 });
    for (let k = 0; k < 3; k++) jobs.add(handWork().work);
    expect(() => jobs.add(handWork().work)).toThrow(
      expect.objectContaining({ code: 'QUEUE_FULL', details: { limit: 2, retryAfter: 10 } }) as Error,
    );
    await jobs.close();
    expect(() => jobs.add(handWork().work)).toThrow(expect.objectContaining({ code: 'JOB_CANCELLED' }) as Error);
  });

  it('ends what takes too long', async () => {
    const jobs = queue(1, { jobMs: 20 });
    const { id } = jobs.add(handWork().work);
    expect(await jobs.settled(id, 5000)).toMatchObject({ state: 'failed', error: { code: 'JOB_TIMEOUT' } });
  });

  it('tells a defect to the log and hides it from the reader', async () => {
    const defects: unknown[] = [];
    const jobs = queue(1, {}, (error) => defects.push(error));
    const work = handWork();
    const { id } = jobs.add(work.work);
    work.fail(new TypeError('the password is swordfish'));
    const job = await jobs.settled(id, 1000);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'WORKER_FAILED' } });
    expect(JSON.stringify(job)).not.toContain('swordfish');
    expect(String(defects[0])).toContain('swordfish');
  });

  it('tells every follower every change, and a late one the end', async () => {
    const jobs = queue(1);
    const [first, second] = [handWork(), handWork()];
    jobs.add(first.work);
    const { id } = jobs.add(second.work);
    const follow = async (): Promise<string[]> => {
      const states: string[] = [];
      for await (const { state } of jobs.follow(id, new AbortController().signal)) states.push(state);
      return states;
    };
    const followers = [follow(), follow()];
    await sleep(5);
    first.finish();
    await sleep(5);
    second.finish();
    expect(await Promise.all(followers)).toEqual([
      ['queued', 'running', 'done'],
      ['queued', 'running', 'done'],
    ]);
    expect(await follow()).toEqual(['done']);
  });

  it('lets a follower go that hangs up, and waits no longer than asked', async () => {
    const jobs = queue(1);
    const { id } = jobs.add(handWork().work);
    const gone = new AbortController();
    const seen: Job[] = [];
    const following = (async () => {
      for await (const job of jobs.follow(id, gone.signal)) seen.push(job);
    })();
    await sleep(5);
    gone.abort();
    await following;
    expect(seen).toHaveLength(1);
    expect((await jobs.settled(id, 10)).state).toBe('running');
    expect((await jobs.settled(id, 0)).state).toBe('running');
    await jobs.close();
    expect(jobs.get(id)).toMatchObject({ state: 'cancelled', error: { code: 'JOB_CANCELLED' } });
  });

  it('forgets the oldest results, and how jobs ended only after as many more as may wait', async () => {
    for (const outcome of [{ result: new Uint8Array() }, { fit: 'a' }]) {
      const jobs = queue(1, { results: 2, queue: 3 });
      const ids: string[] = [];
      for (let k = 0; k < 6; k++) {
        const work = handWork();
        const { id } = jobs.add(work.work);
        ids.push(id);
        work.finish(outcome);
        await jobs.settled(id, 1000);
      }
      expect(jobs.list().map(({ id }) => id)).toEqual([ids[5], ids[4]]);
      const known = ids.filter((id) => {
        try {
          return jobs.get(id).state === 'done';
        } catch (error) {
          expect(error).toMatchObject({ code: 'JOB_UNKNOWN' });
          return false;
        }
      });
      expect(known).toEqual(ids.slice('fit' in outcome ? 1 : 4));
    }
  });

  it('tells those who wait that they have moved up', async () => {
    const jobs = queue(1);
    const works = [handWork(), handWork(), handWork()];
    const [first, second, third] = works.map(({ work }) => jobs.add(work));
    const places: (number | null)[] = [];
    const following = (async () => {
      for await (const { position } of jobs.follow(third.id, new AbortController().signal)) places.push(position);
    })();
    await sleep(5);
    jobs.cancel(second.id);
    await sleep(5);
    works[0].finish();
    await jobs.settled(first.id, 1000);
    works[2].finish();
    await following;
    expect(places).toEqual([2, 1, null, null]);
  });
});
