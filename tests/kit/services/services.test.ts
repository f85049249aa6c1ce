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
  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => client.end());
    await client.connect();
    return client;
  };
  const [mine, theirs] = await Promise.all([connect(one.url), connect(other.url)]);
  const { rows } = await mine.query(
    "SELECT to_regclass('players') IS NOT NULL AS migrated, lower('BOGOTÁ') AS folded",
  );
  expect(rows).toEqual([{ migrated: true, folded: 'bogotá' }]);
  await mine.query(
    `INSERT INTO players (username_base, username_number, username, first_name, last_name, email, password_hash, city, city_key, country)
     VALUES ('mine', 1, 'mine', 'Mine', 'Alone', 'mine@example.com', 'none', 'Bogotá', 'bogota', 'Colombia')`,
  );
  expect((await mine.query('SELECT username FROM players')).rows).toEqual([{ username: 'mine' }]);
  expect((await theirs.query('SELECT username FROM players')).rows).toEqual([]);
  await Promise.all([mine.end(), theirs.end()]);
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
