import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { machineTimeout } from '../scripts/process/machine-clock.mjs';
import { withTools } from '../scripts/stack/find-program.ts';
import { untilAborted } from '../src/platform/concurrency/until-aborted.ts';
import { createClient } from '../tests/kit/api/client.ts';
import { check } from './checker.ts';
import { createFaults } from './faults.ts';
import { runNemesis } from './nemesis.ts';
import { createRandom, type Random } from './random.ts';
import { createRetryingClient } from './retrying-client.ts';
import { subscribeByWebSocket } from './subscribe-by-websocket.ts';
import { openTestCluster, type TestCluster } from './test-cluster.ts';
import { type History, uploadAll, voteUntil, type WorkloadDeps } from './workload.ts';

/** The mean interval between uploads while the nemesis runs. */
const SECONDS_PER_UPLOAD = 0.5;
const UPLOADS_PER_PLAYER = 5;
/**
 * Every video must end within two minutes after the last fault, plus the time that queued videos take on a
 * busy host.
 */
const END_SECONDS = 120;
const END_SECONDS_PER_UPLOAD = 2;
/**
 * The nemesis kills the worker of one video more often than years of operation: the usual limits would fail
 * good videos.
 */
const ATTEMPT_LIMITS = { MAX_ATTEMPTS: '12', MAX_WORKER_DEATHS: '12' };

/** The result of a run. */
export interface ChaosResult {
  /** A sentence for each broken promise. */
  violations: string[];
  /** Lines that describe the run. */
  summary: string[];
}

/** The state that a run collects from its clients. */
interface Run {
  cluster: TestCluster;
  random: Random;
  history: History;
  /** Failed attempts by error code. */
  failures: Map<string, number>;
  log: (event: string) => void;
}

/** Runs a workload against a new test cluster while a nemesis injects faults, then checks every promise. */
export async function runChaos(
  { uploads, seed }: { uploads: number; seed: number },
  log: (line: string) => void,
): Promise<ChaosResult> {
  await using cleanup = new AsyncDisposableStack();
  const cluster = cleanup.use(await openTestCluster(ATTEMPT_LIMITS));
  const dir = await mkdtemp(join(tmpdir(), 'anb-chaos-source-'));
  cleanup.defer(() => rm(dir, { recursive: true, force: true }));
  const source = await makeSource(dir);
  const players = await signUpPlayers(cluster, countPlayers(uploads));

  const startedAt = performance.now();
  const run: Run = {
    cluster,
    random: createRandom(seed),
    history: { uploads: [], votes: new Set(), violations: [] },
    failures: new Map(),
    log: event => log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${event}`),
  };
  const { faults, violations } = await runWorkload(run, players, { uploads, source });
  violations.push(...(await check(cluster, run.history)));

  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const evidence = violations.length > 0 ? [`logs and files: ${cluster.keepFolder()}`] : [];
  const acknowledged = run.history.uploads;
  const bad = acknowledged.filter(({ isGood }) => !isGood).length;
  return {
    violations,
    summary: [
      `uploads: ${acknowledged.length} of ${uploads} acknowledged, ${bad} of them not videos; votes: ${run.history.votes.size}`,
      `faults: ${faults} in ${seconds} s; failed attempts of clients: ${JSON.stringify(Object.fromEntries(run.failures))}`,
      ...evidence,
    ],
  };
}

/**
 * Resolves once every video has ended or its time is over. Returns the violations that nemesis and clients
 * observed.
 */
async function runWorkload(
  run: Run,
  players: Awaited<ReturnType<typeof signUpPlayers>>,
  { uploads, source }: { uploads: number; source: string },
): Promise<{ faults: number; violations: string[] }> {
  const { cluster, random, history, failures, log } = run;
  const [nemesisEnd, votingEnd] = [new AbortController(), new AbortController()];
  setTimeout(() => nemesisEnd.abort(), uploads * SECONDS_PER_UPLOAD * 1000).unref();
  const nemesis = runNemesis(createFaults(cluster), random.fork('nemesis'), nemesisEnd.signal, log);
  const pauseSeconds = players.length * SECONDS_PER_UPLOAD;
  const uploading = Promise.allSettled(
    players.map((player, at) => {
      const count = Math.ceil((uploads - at) / players.length);
      return uploadAll(createWorkloadDeps(run, `uploader ${at}`), player, { source, count, pauseSeconds });
    }),
  );
  const voting = Promise.allSettled(
    players.map((player, at) => voteUntil(votingEnd.signal, createWorkloadDeps(run, `voter ${at}`), player)),
  );

  const report = await nemesis;
  log('nemesis stopped');
  const limitSeconds = END_SECONDS + uploads * END_SECONDS_PER_UPLOAD;
  // Machine time, as a busy host needs longer.
  const uploaded = await untilAborted(machineTimeout(limitSeconds), uploading).catch(() => null);
  log(uploaded ? 'all videos ended' : 'time over, some videos have not ended');
  votingEnd.abort();
  const abandoned = [...(uploaded ?? []), ...(await voting)].flatMap(client =>
    client.status === 'rejected' ? String(client.reason) : [],
  );
  return {
    faults: report.injected.length,
    violations: [
      ...(uploaded ? [] : [`videos not ended: some were unfinished ${limitSeconds} s after the last fault`]),
      ...abandoned,
      ...report.problems,
      ...history.violations,
      ...cluster.unexpectedExits,
      ...(failures.has('INTERNAL_SERVER_ERROR') ? ['unexpected error: INTERNAL_SERVER_ERROR'] : []),
    ],
  };
}

/** Creates a client with its own random numbers, and half of its subscriptions over WebSockets. */
function createWorkloadDeps({ cluster, random, history, failures }: Run, name: string): WorkloadDeps {
  const ownRandom = random.fork(name);
  const countFailure = (code: string) => failures.set(code, (failures.get(code) ?? 0) + 1);
  const urls = cluster.apis.map(({ url }) => url);
  return {
    client: createRetryingClient(urls, ownRandom, countFailure),
    history,
    random: ownRandom,
    subscribe: (api, videoId, player) =>
      ownRandom.next() < 0.5
        ? api.subscribeToVideo(videoId, player)
        : subscribeByWebSocket(api.url, videoId, player),
  };
}

const countPlayers = (uploads: number) => Math.max(2, Math.ceil(uploads / UPLOADS_PER_PLAYER));

function signUpPlayers({ apis }: TestCluster, count: number) {
  const [first] = apis;
  if (first === undefined) throw new Error('The cluster has no API');
  return Promise.all(Array.from({ length: count }, () => createClient(first.url).signUp()));
}

async function makeSource(dir: string): Promise<string> {
  const path = join(dir, 'source.mp4');
  const args = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=64x36:rate=10:duration=1.1'];
  const env = { PATH: withTools(process.env.PATH) };
  await promisify(execFile)('ffmpeg', [...args, '-pix_fmt', 'yuv420p', path], { env });
  return path;
}
