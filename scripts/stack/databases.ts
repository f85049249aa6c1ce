import pg from 'pg';

/**
 * Creates database `name`, as a copy of `template` if given, which must have no sessions.
 *
 * @throws when the database exists.
 */
export async function createDatabase(adminUrl: string, name: string, template?: string): Promise<void> {
  await withClient(adminUrl, async client => {
    const escaped = [name, template ?? 'template1'].map(each => client.escapeIdentifier(each));
    // Copying files costs a third of logging each page, plus two checkpoints, which pause other work.
    const strategy = template === undefined ? 'wal_log' : 'file_copy';
    await client.query(`CREATE DATABASE ${escaped.join(' TEMPLATE ')} STRATEGY ${strategy}`);
  });
}

/** Drops database `name` and ends its sessions. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async client => {
    await client.query(`DROP DATABASE ${client.escapeIdentifier(name)} WITH (FORCE)`);
  });
}

/** Whether database `name` exists. */
export async function hasDatabase(adminUrl: string, name: string): Promise<boolean> {
  return withClient(adminUrl, async client => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    return rowCount === 1;
  });
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
