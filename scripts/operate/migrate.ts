// Migrates the database that DATABASE_URL names to the newest schema, and prints the migrations.

import { openModel } from '../../src/model.ts';
import { pem } from '../../src/platform/config/env-values.ts';
import { migrate } from '../../src/platform/database/migrations.ts';
import { withSettingFiles } from '../../src/setting-files.ts';

const env = withSettingFiles(process.env);
const url = env.DATABASE_URL;
if (!url) {
  console.error('DATABASE_URL is not set: nothing to migrate.');
  process.exit(1);
}

const certificateAuthority = pem.optional().parse(env.DATABASE_CA || undefined);
const database = await openModel(
  { database: { url, poolSize: 2, certificateAuthority } },
  { longStatements: true },
);
try {
  const ran = await migrate(database);
  console.log(ran.length > 0 ? `Migrated: ${ran.join(', ')}` : 'The schema is up to date.');
} finally {
  await database.close(true);
}
