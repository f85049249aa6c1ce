// Exits with 0 when any of the addresses given answers that all is well, with 1 when none does: a container's health check.
import { parseArgs } from 'node:util';

const ANSWER_MILLISECONDS = 4000;

const { positionals: addresses } = parseArgs({ allowPositionals: true });
try {
  await Promise.any(addresses.map(expectHealth));
} catch (error) {
  for (const reason of error instanceof AggregateError ? error.errors : [error])
    console.error(String(reason));
  process.exitCode = 1;
}

async function expectHealth(address: string): Promise<void> {
  const response = await fetch(address, { signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  if (!response.ok) throw new Error(`${address} answered ${response.status}: ${await response.text()}`);
}
