import { z } from 'zod';
import type { JobQueue, JobType } from '../../platform/queue/job-queue.ts';

/** The payload of a job: the video, and the number of its attempts so far. */
const payload = z.object({ videoId: z.uuid(), attempt: z.int().nonnegative() });

type ProcessVideoJob = z.infer<typeof payload>;
export type VideoJobs = JobQueue<ProcessVideoJob>;

/** The id contains the attempt, so the queue does not drop a retry as a duplicate. */
export const processVideoJob: JobType<ProcessVideoJob> = {
  queue: 'process-video',
  payload,
  id: ({ videoId, attempt }) => `${videoId}-${attempt}`,
};
