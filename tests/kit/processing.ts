import { Redis } from 'ioredis';
import { openEventBus } from '../../src/platform/events.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { RecordingDeps } from '../../src/videos/record-processing.ts';
import type { App } from './app.ts';

/** Writes to an app's rows and tells its followers, as a worker process does, one step at a time. */
export async function openRecording(app: App): Promise<RecordingDeps & AsyncDisposable> {
  const [publisher, subscriber] = [new Redis(app.redis.url), new Redis(app.redis.url)];
  const events = openEventBus(
    { publisher, subscriber },
    createLogger({ level: 'silent' }, { process: 'test' }),
  );
  return {
    get em() {
      return app.database.em.fork();
    },
    events,
    async [Symbol.asyncDispose]() {
      events.close();
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
