import { z } from 'zod';
import type { Channel } from '../platform/pubsub/event-bus.ts';

const payload = z.object({ board: z.string() });

/** The entries of a board have changed. The payload's field name is part of the wire format. */
export const leaderboardChanged: Channel<z.infer<typeof payload>> = {
  topic: board => `board:${board}`,
  payload,
};
