import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { machineTimeout } from '../scripts/process/machine-clock.mjs';
import { withTools } from '../scripts/stack/tools.ts';
import { createClient } from '../tests/kit/api/client.ts';
import { check } from './checker.ts';
import { createFaults } from './faults.ts';
import { followBySocket } from './follow-by-socket.ts';
import { runNemesis } from './nemesis.ts';
import { createRandom } from './random.ts';
import { createRetryingClient } from './retrying-client.ts';
import { openTestCluster } from './test-cluster.ts';
import { type ContestantDeps, type Memory, uploadAll, voteUntil } from './workload.ts';

/** Uploads come this far apart while the storm lasts. */
const SECONDS_PER_UPLOAD = 0.5;
const UPLOADS_PER_PLAYER = 5;
/** How long after the storm every video must have ended: two minutes, and for what waits the time that it takes on a busy host. */
const SETTLE_SECONDS = 120;
const SETTLE_SECONDS_PER_UPLOAD = 2;
/** A storm takes the worker of one video more often than years of operation; whatever is left then is a fault of ours. */
const PATIENCE = { MAX_ATTEMPTS: '12', MAX_WORKER_DEATHS: '12' };

/** What came of a run. */
export interface Outcome {
  /** Every promise that was broken, in a sentence. */
  violations: string[];
  /** What happened, for people. */
  summary: string[];
}

/** Has clients use a system of its own while faults strike it, lets it come to rest and checks every promise. */
export async function runChaos(
  { uploads, seed }: { uploads: number; seed: number },
  say: (line: string) => void,
): Promise<Outcome> {
  await using cleanup = new AsyncDisposableStack();
  const arena = cleanup.use(await openTestCluster(PATIENCE));
  const dir = await mkdtemp(join(tmpdir(), 'anb-chaos-source-'));
  cleanup.defer(() => rm(dir, { recursive: true, force: true }));
  const source = await makeSource(dir);

  const random = createRandom(seed);
  const failures = new Map<string, number>();
  const memory: Memory = { uploads: [], votes: new Set(), complaints: [] };
  const urls = arena.apis.map(({ url }) => url);
  const contestant = (name: string): ContestantDeps => {
    const own = random.fork(name);
    const count = (kind: string) => failures.set(kind, (failures.get(kind) ?? 0) + 1);
    return {
      client: createRetryingClient(urls, own, count),
      memory,
      random: own,
      follow: (api, videoId, player) =>
        own.next() < 0.5 ? api.follow(videoId, player) : followBySocket(api.url, videoId, player),
    };
  };
  const [first] = urls;
  if (first === undefined) throw new Error('The arena has no API');
  const shares = shareOut(uploads);
  const players = await Promise.all(shares.map(() => createClient(first).signUp()));

  const startedAt = performance.now();
  const since = () => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
  const [stormOver, votingOver] = [new AbortController(), new AbortController()];
  setTimeout(() => stormOver.abort(), uploads * SECONDS_PER_UPLOAD * 1000).unref();
  const storming = runNemesis(createFaults(arena), random.fork('storm'), stormOver.signal, name =>
    say(`${since()}  ${name}`),
  );
  const pauseSeconds = shares.length * SECONDS_PER_UPLOAD;
  const uploading = Promise.allSettled(
    players.map((player, at) =>
      uploadAll(contestant(`uploader ${at}`), player, { source, count: shares[at] ?? 0, pauseSeconds }),
    ),
  );
  const voting = Promise.allSettled(
    players.map((player, at) => voteUntil(votingOver.signal, contestant(`voter ${at}`), player)),
  );

  const damage = await storming;
  say(`${since()}  the storm is over`);
  const limitSeconds = SETTLE_SECONDS + uploads * SETTLE_SECONDS_PER_UPLOAD;
  const late = machineTimeout(limitSeconds);
  const settled = await Promise.race([
    uploading,
    new Promise<null>(resolve => late.addEventListener('abort', () => resolve(null))),
  ]);
  say(`${since()}  ${settled ? 'every video has ended' : 'some videos have not ended in time'}`);
  votingOver.abort();
  const voted = await voting;
  const gaveUp = [...(settled ?? []), ...voted].flatMap(each =>
    each.status === 'rejected' ? String(each.reason) : [],
  );
  const violations = [
    ...(settled ? [] : [`Not every video ended within ${limitSeconds} s after the storm`]),
    ...gaveUp,
    ...damage.complaints,
    ...memory.complaints,
    ...arena.deaths,
    ...(failures.has('INTERNAL_SERVER_ERROR') ? ['An answer was an error that nobody expected'] : []),
    ...(await check(arena, memory)),
  ];
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const evidence = violations.length > 0 ? [`logs and files are kept in ${arena.keepFolder()}`] : [];
  const bad = memory.uploads.filter(({ isGood }) => !isGood).length;
  return {
    violations,
    summary: [
      `${memory.uploads.length} of ${uploads} uploads acknowledged, ${bad} of them no videos; ${memory.votes.size} votes`,
      `${damage.struck.length} faults in ${seconds} s; failed tries of clients: ${JSON.stringify(Object.fromEntries(failures))}`,
      ...evidence,
    ],
  };
}

/** How many uploads each player makes. */
function shareOut(uploads: number): number[] {
  const players = Math.max(2, Math.ceil(uploads / UPLOADS_PER_PLAYER));
  return Array.from({ length: players }, (_, at) => Math.ceil((uploads - at) / players));
}

async function makeSource(dir: string): Promise<string> {
  const path = join(dir, 'source.mp4');
  const args = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=64x36:rate=10:duration=1.1'];
  const env = { PATH: withTools(process.env.PATH) };
  await promisify(execFile)('ffmpeg', [...args, '-pix_fmt', 'yuv420p', path], { env });
  return path;
}
