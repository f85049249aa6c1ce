import { z } from 'zod';
import { wholeNumber } from './env-values.ts';

/** What the API has to know of a proxy in front of it. */
export const PROXY_SETTINGS = {
  KEEP_ALIVE_SECONDS: wholeNumber(5, 3600)
    .default(75)
    .describe('How long the API keeps an idle connection: longer than a proxy in front keeps its side.'),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform(list => list.split(',').flatMap(entry => entry.trim() || []))
    .describe(
      'Addresses, CIDR ranges, `loopback`, `linklocal` or `uniquelocal`, whose X-Forwarded-For is believed, comma separated.',
    ),
  MEDIA_ACCEL_PREFIX: z
    .string()
    .regex(/^\/([\w-]+\/)+$/, 'must be a path such as /stored/')
    .optional()
    .describe(
      'Internal location from which nginx itself sends stored files when the API tells it to (`X-Accel-Redirect`), such as `/stored/`. The API sends them when unset.',
    ),
};
