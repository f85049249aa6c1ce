import { expect, test } from 'vitest';
import { openModel } from '../../src/model.ts';
import { closeDatabase } from '../../src/platform/database.ts';
import { createDatabase } from '../kit/services.ts';

test('is closed once the work under way is done, also what still waits for a connection', async () => {
  const own = await createDatabase();
  try {
    const database = await openModel({ database: { url: own.url, poolSize: 2 } });
    const work = Array.from({ length: 6 }, (_, n) =>
      database.em.fork().execute<{ n: number }[]>('select ?::int as n, pg_sleep(0.05)', [n]),
    );
    await closeDatabase(database);
    const rows = (await Promise.all(work)).flat();
    expect(rows.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5]);
  } finally {
    await own.drop();
  }
});
