import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { type ApiProcess, startApiProcess } from '../../kit/api/api-process.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createClient, type TestClient } from '../../kit/api/client.ts';
import type { Site } from './nginx-site.ts';
import { type Nginx, openNginx } from './open-nginx.ts';

/** Two API processes behind nginx. */
export interface NginxWorld extends AsyncDisposable {
  /** Whose database, Redis and storage they share; not behind nginx itself. */
  app: App;
  apis: readonly [ApiProcess, ApiProcess];
  nginx: Nginx;
  /** Asks through nginx. */
  client: TestClient;
}

/** Starts all of it; `settings` are the APIs', `site` is nginx's. */
export async function openNginxWorld({
  settings = {},
  site = {},
}: {
  settings?: Record<string, string>;
  site?: Partial<Omit<Site, 'port' | 'apis' | 'uploadsDir'>>;
} = {}): Promise<NginxWorld> {
  const port = await anyFreePort();
  await using opened = new AsyncDisposableStack();
  const app = await startApp({ PUBLIC_URL: `http://127.0.0.1:${port}`, ...settings });
  opened.defer(() => app.stop());
  const behindNginx = { TRUSTED_PROXIES: '127.0.0.1', MEDIA_ACCEL_PREFIX: '/stored/' };
  const apis = await Promise.all([startApiProcess(app, behindNginx), startApiProcess(app, behindNginx)]);
  for (const api of apis) opened.use(api);
  const nginx = opened.use(
    await openNginx({ ...site, port, apis: apis.map(({ url }) => url), uploadsDir: app.storageDir }),
  );
  const close = opened.move();
  return {
    app,
    apis,
    nginx,
    client: createClient(nginx.url),
    [Symbol.asyncDispose]: () => close.disposeAsync(),
  };
}
