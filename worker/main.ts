import { once } from 'node:events';
import { runProcess } from '../src/run-process.ts';
import { openDependencies } from './dependencies.ts';

await runProcess('worker', process.env, async (env, logger) => {
  const { health, worker, startBackgroundTasks, shutdown } = await openDependencies(env, logger);
  // Before any job is taken: a worker that cannot start must not cost videos their attempts.
  health.listen(env.worker.port, env.worker.host);
  await once(health, 'listening');
  logger.info({ address: health.address(), concurrency: env.worker.concurrency }, 'listening');
  startBackgroundTasks();
  // Last: from here on the start waits for nothing, so that a signal is handled immediately.
  worker.start();
  return shutdown;
});
