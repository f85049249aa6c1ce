import { Redis } from 'ioredis';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { openEventBus } from '../../../src/platform/pubsub/event-bus.ts';
import type { ProcessingDeps } from '../../../src/videos/processing/claim-video.ts';
import type { App } from '../api/app.ts';

/** Opens the dependencies of a worker's use cases on an app: its database and an event bus on its Redis. */
export async function openProcessingDeps(app: App): Promise<ProcessingDeps & AsyncDisposable> {
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
