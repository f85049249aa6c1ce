import { z } from 'zod';
import { wholeNumber } from './env-values.ts';

/** Settings for an API behind a reverse proxy. */
export const PROXY_SETTINGS = {
  KEEP_ALIVE_SECONDS: wholeNumber(5, 3600)
    .default(75)
    .describe(
      'Time that the API keeps an idle connection open. Must be longer than the keep-alive time of a proxy in front.',
    ),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform(list => list.split(',').flatMap(entry => entry.trim() || []))
    .describe(
      'Comma-separated proxies with a trusted X-Forwarded-For: addresses, CIDR ranges, `loopback`, `linklocal` or `uniquelocal`.',
    ),
  MEDIA_ACCEL_PREFIX: z
    .string()
    .regex(/^\/([\w-]+\/)+$/, 'must be a path such as /stored/')
    .optional()
    .describe(
      'Internal nginx location that sends stored files by `X-Accel-Redirect`, such as `/stored/`. The API sends files itself when unset.',
    ),
};
