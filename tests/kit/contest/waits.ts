import { z } from 'zod';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import type { App } from '../api/app.ts';

/** Resolves once the API is connected to its Redis. */
export const waitForRedis = ({ url }: Pick<App, 'url'>): Promise<void> =>
  waitUntil(
    'the API is connected to Redis',
    async () => z.object({ redis: z.boolean() }).parse(await (await fetch(`${url}/ready`)).json()).redis,
    { deadlineSeconds: 5 },
  );

/** Resolves once the leaderboards contain every committed change. */
export const waitForLeaderboard = ({ database }: Pick<App, 'database'>): Promise<void> =>
  waitUntil(
    'the leaderboards are synced',
    async () => (await database.em.fork().execute('select 1 from tallies where dirty limit 1')).length === 0,
    { deadlineSeconds: 5 },
  );
