import { z } from 'zod';
import type { JobQueue, JobType } from '../../platform/queue/job-queue.ts';

/** All that the API and the worker share about processing: the video, and the number of attempts so far. */
const payload = z.object({ videoId: z.uuid(), attempt: z.int().nonnegative() });

export type ProcessVideoJob = z.infer<typeof payload>;
export type VideoJobs = JobQueue<ProcessVideoJob>;

/** The id contains the attempt, so that the queue does not drop a retry as a duplicate of the failed job. */
export const processVideoJob: JobType<ProcessVideoJob> = {
  queue: 'process-video',
  payload,
  id: ({ videoId, attempt }) => `${videoId}-${attempt}`,
};
