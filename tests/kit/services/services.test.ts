import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createDatabase, startRedis } from './services.ts';

test('createDatabase creates a migrated database that is isolated from other test files', async () => {
  const [first, second] = await Promise.all([createDatabase(), createDatabase()]);
  onTestFinished(async () => {
    await first.drop();
    await second.drop();
  });
  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => client.end());
    await client.connect();
    return client;
  };
  const [firstClient, secondClient] = await Promise.all([connect(first.url), connect(second.url)]);
  const { rows } = await firstClient.query(
    "SELECT to_regclass('players') IS NOT NULL AS migrated, lower('BOGOTÁ') AS folded",
  );
  expect(rows).toEqual([{ migrated: true, folded: 'bogotá' }]);
  await firstClient.query(
    `INSERT INTO players (username_base, username_number, username, first_name, last_name, email, password_hash, city, city_key, country)
     VALUES ('first', 1, 'first', 'First', 'Player', 'first@example.com', 'none', 'Bogotá', 'bogota', 'Colombia')`,
  );
  expect((await firstClient.query('SELECT username FROM players')).rows).toEqual([{ username: 'first' }]);
  expect((await secondClient.query('SELECT username FROM players')).rows).toEqual([]);
  await Promise.all([firstClient.end(), secondClient.end()]);
});

test('a stopped Redis starts again with its data', async () => {
  const redis = await startRedis();
  onTestFinished(redis.stop);
  const before = new Redis(redis.url);
  await before.set('key', 'value');
  before.disconnect();
  await redis.stop();
  await redis.start();
  const after = new Redis(redis.url);
  expect(await after.get('key')).toBe('value');
  after.disconnect();
});
