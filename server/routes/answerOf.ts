import type { Jobs, Outcome, Work } from '../jobs/jobs.ts';
import type { Job } from '../schemas/job.ts';

/**
 * Queues work and waits for it so many seconds.
 *
 * @returns the job, and what it gave where it ended in time
 * @throws {@link IsoflopError} `QUEUE_FULL`, and what the work failed with where it ended in time
 */
export async function answerOf(
  jobs: Jobs,
  work: Work,
  wait: number,
): Promise<{ readonly job: Job; readonly outcome: Outcome | undefined }> {
  const { id } = jobs.add(work);
  const job = await jobs.settled(id, 1000 * wait);
  const isOpen = job.state === 'queued' || job.state === 'running';
  return { job, outcome: isOpen ? undefined : jobs.outcome(id) };
}
