// The health check of a container: exits with 0 when one of the addresses responds with success, else with 1.

import { parseArgs } from 'node:util';

const RESPONSE_MILLISECONDS = 4000;

const { positionals: addresses } = parseArgs({ allowPositionals: true });
try {
  await Promise.any(addresses.map(expectHealth));
} catch (error) {
  for (const reason of error instanceof AggregateError ? error.errors : [error])
    console.error(String(reason));
  process.exitCode = 1;
}

async function expectHealth(address: string): Promise<void> {
  const response = await fetch(address, { signal: AbortSignal.timeout(RESPONSE_MILLISECONDS) });
  if (!response.ok) throw new Error(`${address} responded with ${response.status}: ${await response.text()}`);
}
