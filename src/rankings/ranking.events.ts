import { z } from 'zod';
import type { Channel } from '../platform/events.ts';

const payload = z.object({ board: z.string() });

/** A board shows something new. */
export const boardChanged: Channel<z.infer<typeof payload>> = {
  topic: board => `board:${board}`,
  payload,
};
