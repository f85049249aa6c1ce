import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createDatabase, startRedis } from './services.ts';

test('gives each test file a migrated database that nothing else writes to', async () => {
  const [one, other] = await Promise.all([createDatabase(), createDatabase()]);
  onTestFinished(async () => {
    await one.drop();
    await other.drop();
  });
  const client = new pg.Client({ connectionString: one.url });
  client.on('error', () => client.end());
  await client.connect();
  const { rows } = await client.query(
    "SELECT to_regclass('players') IS NOT NULL AS migrated, lower('BOGOTÁ') AS folded",
  );
  expect(rows).toEqual([{ migrated: true, folded: 'bogotá' }]);
  expect(other.url).not.toBe(one.url);
  await client.end();
});

test('brings a Redis back with the data it held', async () => {
  const redis = await startRedis();
  onTestFinished(redis.stop);
  const before = new Redis(redis.url);
  await before.set('kept', 'yes');
  before.disconnect();
  await redis.stop();
  await redis.start();
  const after = new Redis(redis.url);
  expect(await after.get('kept')).toBe('yes');
  after.disconnect();
});
