import { z } from 'zod';
import type { Channel } from '../../platform/pubsub/event-bus.ts';

const payload = z.object({ videoId: z.uuid(), deleted: z.boolean() });

/** Something about a video's processing changed, or the video was deleted; the row says what. */
export const videoChanged: Channel<z.infer<typeof payload>> = {
  topic: videoId => `video:${videoId}`,
  payload,
};
