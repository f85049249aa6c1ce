import { once } from 'node:events';
import { runProcess } from '../platform/process.ts';
import { openApi } from './api.ts';

await runProcess('api', process.env, async (env, logger) => {
  const { server, shutdown } = await openApi(env, logger);
  server.listen(env.http.port, env.http.host);
  await once(server, 'listening');
  logger.info({ address: server.address() }, 'listening');
  return shutdown;
});
