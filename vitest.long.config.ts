import { LONG_TESTS } from './tests/kit/run/long-tests.ts';
import config from './vitest.config.ts';

// Whole tables of formats and hostile files, outages that have to last, and several hosts: more time than `npm test` has.
export default { ...config, test: { ...config.test, include: LONG_TESTS, exclude: [] } };
