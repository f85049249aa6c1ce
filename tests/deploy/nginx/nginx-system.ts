import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { type ApiProcess, startApiProcess } from '../../kit/api/api-process.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createClient, type TestClient } from '../../kit/api/client.ts';
import type { Site } from './nginx-site.ts';
import { type Nginx, openNginx } from './open-nginx.ts';

/** Two API processes behind nginx. */
export interface NginxSystem extends AsyncDisposable {
  /** Owns the shared database, Redis and storage; not behind nginx itself. */
  app: App;
  apis: readonly [ApiProcess, ApiProcess];
  nginx: Nginx;
  /** A client of nginx. */
  client: TestClient;
}

/** Starts two APIs with `settings` and nginx with `site`. */
export async function openNginxSystem({
  settings = {},
  site = {},
}: {
  settings?: Record<string, string>;
  site?: Partial<Omit<Site, 'port' | 'apis' | 'uploadsDir'>>;
} = {}): Promise<NginxSystem> {
  const port = await anyFreePort();
  await using cleanup = new AsyncDisposableStack();
  const app = await startApp({ PUBLIC_URL: `http://127.0.0.1:${port}`, ...settings });
  cleanup.defer(() => app.stop());
  const behindNginx = { TRUSTED_PROXIES: '127.0.0.1', MEDIA_ACCEL_PREFIX: '/stored/' };
  const apis = await Promise.all([startApiProcess(app, behindNginx), startApiProcess(app, behindNginx)]);
  for (const api of apis) cleanup.use(api);
  const nginx = cleanup.use(
    await openNginx({ ...site, port, apis: apis.map(({ url }) => url), uploadsDir: app.storageDir }),
  );
  const running = cleanup.move();
  return {
    app,
    apis,
    nginx,
    client: createClient(nginx.url),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
