import { z } from 'zod';
import type { Channel, EventBus } from '../../platform/pubsub/event-bus.ts';

const payload = z.object({ videoId: z.uuid(), deleted: z.boolean() });

/** A video's processing changed, or the video was deleted. Subscribers read the new state from the row. */
export const videoChanged: Channel<z.infer<typeof payload>> = {
  topic: videoId => `video:${videoId}`,
  payload,
};

/**
 * Publishes that a row has changed. Callers commit first, as subscribers read the row when the event arrives.
 */
export async function publishVideoChanged(events: EventBus, videoId: string): Promise<void> {
  await events.publish(videoChanged, videoId, { videoId, deleted: false });
}
