// A process whose shutdown never ends; with --throw, it throws an uncaught error.

import { runProcess } from '../../src/run-process.ts';

await runProcess('stubborn', process.env, async (_env, logger) => {
  setInterval(() => logger.debug('at work'), 1000);
  if (process.argv.includes('--throw')) {
    setImmediate(() => {
      throw new Error('unforeseen');
    });
  }
  return [['work', () => new Promise(() => undefined)]];
});
process.stdout.write(`${JSON.stringify({ msg: 'started' })}\n`);
