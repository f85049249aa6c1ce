import { once } from 'node:events';
import { runProcess } from '../src/run-process.ts';
import { openDependencies } from './dependencies.ts';

await runProcess('api', process.env, async (env, logger) => {
  const { server, shutdown } = await openDependencies(env, logger);
  server.listen(env.http.port, env.http.host);
  await once(server, 'listening');
  logger.info({ address: server.address() }, 'listening');
  return shutdown;
});
