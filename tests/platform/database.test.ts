import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { maskError } from '../../server/errors/mask-error.ts';
import { openModel } from '../../src/model.ts';
import { closeDatabase, type EntityManager } from '../../src/platform/database/database.ts';
import { dropSilentConnections } from '../../src/platform/database/lost-connections.ts';
import { createDatabase } from '../kit/services/services.ts';
import { openTcpRelay } from '../kit/services/tcp-relay.ts';

let testDatabase: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  testDatabase = await createDatabase();
});
afterAll(() => testDatabase?.drop());

const open = (statementTimeoutSeconds = 15, url = testDatabase.url) =>
  openModel({ database: { url, poolSize: 2, statementTimeoutSeconds } });

test('a database closes after running and queued queries', async () => {
  const database = await open();
  const work = Array.from({ length: 6 }, (_, n) =>
    database.em.fork().execute<{ n: number }[]>('select ?::int as n, pg_sleep(0.05)', [n]),
  );
  await closeDatabase(database);
  const rows = (await Promise.all(work)).flat();
  expect(rows.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('the locks of a frozen process are released after the statement timeout', async () => {
  const [frozen, other] = [await open(1), await open()];
  const locked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const lock = 'select pg_advisory_xact_lock(1)';
  const transaction = frozen.em.fork().transactional(async em => {
    await em.execute(lock);
    locked.resolve();
    await released.promise;
    await em.execute('select 1');
  });
  await locked.promise;
  await other.em.fork().transactional(em => em.execute(lock));
  released.resolve();
  await expect(transaction).rejects.toThrow();
  await Promise.all([frozen, other].map(closeDatabase));
});

test('connections lost during transactions do not shrink the pool', async () => {
  const [database, other] = [await open(), await open()];
  for (let lost = 0; lost < 3; lost++) {
    const transaction = database.em.fork().transactional(async em => {
      const [row] = await em.execute<[{ pid: number }]>('select pg_backend_pid() as pid');
      await other.em.fork().execute('select pg_terminate_backend(?, 5000)', [row.pid]);
      // The first statement fails with an error of PostgreSQL, the second with one of the client.
      if (lost > 0) await em.execute('select 1').catch(() => undefined);
      await em.execute('select 1');
    });
    // Both errors become one code, which asks clients to retry.
    const error = await transaction.catch((error: unknown) => error);
    const code = 'SERVICE_UNAVAILABLE';
    expect(maskError(error).extensions).toMatchObject({ code });
  }
  const work = Array.from({ length: 3 }, () =>
    database.em.fork().execute<{ one: number }[]>('select 1 as one'),
  );
  expect((await Promise.all(work)).flat()).toEqual(Array.from({ length: 3 }, () => ({ one: 1 })));
  await Promise.all([database, other].map(closeDatabase));
});

test('a transaction fails when its server stops responding', async () => {
  const relay = await openTcpRelay(testDatabase.url);
  onTestFinished(() => relay[Symbol.asyncDispose]());
  const database = await open(15, relay.url);
  const quick = 'select 1 as one';
  dropSilentConnections(await database.em.getConnection().getNativeClient(), 500);
  const transaction = database.em.fork().transactional(async em => {
    await em.execute(quick);
    relay.partition();
    await em.execute(quick);
  });
  const error = await transaction.catch((error: unknown) => error);
  expect(maskError(error).extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  relay.heal();
  expect(await database.em.fork().execute(quick)).toEqual([{ one: 1 }]);
  await closeDatabase(database);
});

test('a slow but active connection is kept', async () => {
  const database = await open();
  dropSilentConnections(await database.em.getConnection().getNativeClient(), 300);
  const readPid = (em: EntityManager) =>
    em.execute<{ pid: number }[]>('select pg_backend_pid() as pid, pg_sleep(0.2)');
  const [first, second] = await database.em
    .fork()
    .transactional(async em => [await readPid(em), await readPid(em), await readPid(em)]);
  expect(first).toEqual(second);
  await closeDatabase(database);
});
