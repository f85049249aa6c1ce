import type { Figures } from './figures.ts';

/** The expected load of a contest. The machines are sized for a busy hour. */
export interface Contest {
  players: number;
  uploadsPerHour: number;
  /** Voters in a busy hour. */
  voters: number;
  votesPerVoter: number;
  /** Ranking and gallery pages that each voter opens. */
  pagesPerVoter: number;
  clipsPerVoter: number;
  /** Concurrent subscribers of a live ranking. */
  subscribers: number;
  busyHoursPerMonth: number;
  originalMegabytes: number;
}

/** The required machines in a busy hour, and the bytes of a month. */
export interface Plan {
  /** Cores for the clips of a busy hour, with reserve. */
  workerCores: number;
  workers: number;
  /** Memory of one worker with an encode on each core. */
  workerMemoryMiB: number;
  /** CPU of the API in a busy hour, in cores, without reserve. */
  apiCores: number;
  apiProcesses: number;
  subscriberMemoryMiB: number;
  redisMemoryMiB: number;
  uploadsPerMonth: number;
  originalGbPerMonth: number;
  clipGbPerMonth: number;
  clipGbOutPerMonth: number;
}

/** The cores of one worker, with one clip per core (`WORKER_CONCURRENCY`). */
export const WORKER_CORES = 4;
export const MIN_WORKERS = 1;
/** One for each zone, or for the time in which the other one restarts. */
export const MIN_API_PROCESSES = 2;
/** The maximum utilization of workers, which leaves reserve to shrink a backlog. */
const WORKER_LOAD = 0.8;
/** The maximum utilization of an API process's core; above it, responses become slow. */
const API_LOAD = 0.6;
/** The rate of `rankingChanged` at its throttle. */
const EVENTS_PER_SECOND = 2;
const HOUR_SECONDS = 3600;
const MEGABYTES_PER_GB = 1000;

/** Calculates the plan of a contest. Assumes that each load is spread evenly over the busy hour. */
export function calculatePlan(contest: Contest, figures: Figures): Plan {
  const uploadsPerSecond = contest.uploadsPerHour / HOUR_SECONDS;
  const workerCores = (uploadsPerSecond * figures.clipCpuSeconds.value) / WORKER_LOAD;

  const votesPerSecond = (contest.voters * contest.votesPerVoter) / HOUR_SECONDS;
  const pagesPerSecond = (contest.voters * contest.pagesPerVoter) / HOUR_SECONDS;
  const eventsPerSecond = contest.subscribers * EVENTS_PER_SECOND;
  const apiCores =
    votesPerSecond / figures.votesPerSecond.value +
    pagesPerSecond / figures.pagesPerSecond.value +
    (eventsPerSecond * figures.deliveryCpuMilliseconds.value) / 1000 +
    (uploadsPerSecond * contest.originalMegabytes) / figures.uploadMegabytesPerSecond.value;

  const uploadsPerMonth = contest.uploadsPerHour * contest.busyHoursPerMonth;
  const clipsOutPerMonth = contest.voters * contest.clipsPerVoter * contest.busyHoursPerMonth;
  const gigabytes = (files: number, megabytes: number) => (files * megabytes) / MEGABYTES_PER_GB;
  return {
    workerCores,
    workers: Math.max(MIN_WORKERS, Math.ceil(workerCores / WORKER_CORES)),
    workerMemoryMiB: WORKER_CORES * figures.encodeMemoryMiB.value,
    apiCores,
    apiProcesses: Math.max(MIN_API_PROCESSES, Math.ceil(apiCores / API_LOAD)),
    subscriberMemoryMiB: (contest.subscribers * figures.subscriberMemoryKiB.value) / 1024,
    redisMemoryMiB: (contest.players / 1_000_000) * figures.leaderboardMiBPerMillionPlayers.value,
    uploadsPerMonth,
    originalGbPerMonth: gigabytes(uploadsPerMonth, contest.originalMegabytes),
    clipGbPerMonth: gigabytes(uploadsPerMonth, figures.clipMegabytes.value),
    clipGbOutPerMonth: gigabytes(clipsOutPerMonth, figures.clipMegabytes.value),
  };
}
