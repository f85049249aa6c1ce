import { z } from 'zod';
import type { Channel } from '../platform/pubsub/event-bus.ts';

const payload = z.object({ board: z.string() });

/** A board shows something new. */
export const boardChanged: Channel<z.infer<typeof payload>> = {
  topic: board => `board:${board}`,
  payload,
};
