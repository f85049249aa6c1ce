import type { Figures } from './figures.ts';

/** What is expected of a contest; a busy hour is the one that the machines are sized for. */
export interface Contest {
  players: number;
  uploadsPerHour: number;
  /** Who vote in a busy hour. */
  voters: number;
  votesPerVoter: number;
  /** Ranking and gallery pages that each of them looks at. */
  pagesPerVoter: number;
  clipsPerVoter: number;
  /** Who watch a live ranking at the same time. */
  followers: number;
  busyHoursPerMonth: number;
  originalMegabytes: number;
}

/** What it takes: machines in a busy hour, bytes in a month. */
export interface Plan {
  /** For as many clips an hour as come in, with room to spare. */
  workerCores: number;
  workers: number;
  /** Of each worker, when all its cores are at clips. */
  workerMemoryMiB: number;
  /** What the API computes in a busy hour, in cores, without room to spare. */
  apiCores: number;
  apiProcesses: number;
  followerMemoryMiB: number;
  redisMemoryMiB: number;
  uploadsPerMonth: number;
  originalGbPerMonth: number;
  clipGbPerMonth: number;
  clipGbOutPerMonth: number;
}

/** One worker's cores, each of which is at one clip: WORKER_CONCURRENCY. */
export const WORKER_CORES = 4;
export const FEWEST_WORKERS = 1;
/** One for each zone, or for the time that the other takes to start anew. */
export const FEWEST_API_PROCESSES = 2;
/** How busy workers may be: a backlog has to shrink again. */
const WORKER_LOAD = 0.8;
/** How busy the one core of an API process may be before answers get slow. */
const API_LOAD = 0.6;
/** Of `rankingChanged` at its throttle. */
const EVENTS_PER_SECOND = 2;
const HOUR_SECONDS = 3600;
const MEGABYTES_PER_GB = 1000;

/** Adds up what a contest takes, as if each of its loads were spread evenly over the busy hour. */
export function planFor(contest: Contest, figures: Figures): Plan {
  const uploadsPerSecond = contest.uploadsPerHour / HOUR_SECONDS;
  const workerCores = (uploadsPerSecond * figures.clipCpuSeconds.value) / WORKER_LOAD;

  const votesPerSecond = (contest.voters * contest.votesPerVoter) / HOUR_SECONDS;
  const pagesPerSecond = (contest.voters * contest.pagesPerVoter) / HOUR_SECONDS;
  const eventsPerSecond = contest.followers * EVENTS_PER_SECOND;
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
    workers: Math.max(FEWEST_WORKERS, Math.ceil(workerCores / WORKER_CORES)),
    workerMemoryMiB: WORKER_CORES * figures.encodeMemoryMiB.value,
    apiCores,
    apiProcesses: Math.max(FEWEST_API_PROCESSES, Math.ceil(apiCores / API_LOAD)),
    followerMemoryMiB: (contest.followers * figures.followerMemoryKiB.value) / 1024,
    redisMemoryMiB: (contest.players / 1_000_000) * figures.boardMiBPerMillionPlayers.value,
    uploadsPerMonth,
    originalGbPerMonth: gigabytes(uploadsPerMonth, contest.originalMegabytes),
    clipGbPerMonth: gigabytes(uploadsPerMonth, figures.clipMegabytes.value),
    clipGbOutPerMonth: gigabytes(clipsOutPerMonth, figures.clipMegabytes.value),
  };
}
