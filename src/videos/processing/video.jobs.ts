import { z } from 'zod';
import type { JobQueue, JobType } from '../../platform/queue/job-queue.ts';

/** All that the API and the worker share about processing: which video, and how often it has been tried. */
const payload = z.object({ videoId: z.uuid(), attempt: z.int().nonnegative() });

export type ProcessVideoJob = z.infer<typeof payload>;
export type VideoJobs = JobQueue<ProcessVideoJob>;

/** The attempt is part of the id, so that a retry is not taken for the job that it follows. */
export const processVideoJob: JobType<ProcessVideoJob> = {
  queue: 'process-video',
  payload,
  id: ({ videoId, attempt }) => `${videoId}-${attempt}`,
};
