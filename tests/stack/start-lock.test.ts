import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';

const LOCK = join(import.meta.dirname, '../../scripts/process/start-lock.mjs');
/** Takes the lock on input, prints the result and holds the lock. */
const SCRIPT = `
  import { takeStartLock } from ${JSON.stringify(LOCK)};
  process.stdin.once('data', () => {
    try {
      takeStartLock(process.argv[1]);
      process.stdout.write('taken');
    } catch (error) {
      process.stdout.write(error.name);
    }
    setInterval(() => undefined, 1000);
  });
  process.stdout.write('ready');`;

test('one of several processes takes over the lock of a dead process', async () => {
  const path = join(await mkdtemp(join(inject('services').runDir, 'lock-')), 'start.lock');
  for (let round = 0; round < 2; round += 1) {
    await writeFile(path, '999999999\nlong gone\n');
    const racers = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, path], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const endAll = () => racers.map(racer => racer.kill('SIGKILL'));
    onTestFinished(() => void endAll());
    await Promise.all(racers.map(({ stdout }) => once(stdout, 'data')));
    const outcomes = Promise.all(racers.map(({ stdout }) => once(stdout, 'data').then(String)));
    for (const { stdin } of racers) stdin.write('go');
    expect((await outcomes).toSorted()).toEqual([...Array(5).fill('AlreadyRunning'), 'taken']);
    const ended = racers.map(racer => once(racer, 'exit'));
    endAll();
    await Promise.all(ended);
  }
});
