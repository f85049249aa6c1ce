import { Redis } from 'ioredis';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { openEventBus } from '../../../src/platform/pubsub/event-bus.ts';
import type { ProcessingDeps } from '../../../src/videos/processing/record-processing.ts';
import type { App } from '../api/app.ts';

/** Writes to an app's rows and tells its followers, as a worker process does, one step at a time. */
export async function openRecording(app: App): Promise<ProcessingDeps & AsyncDisposable> {
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
