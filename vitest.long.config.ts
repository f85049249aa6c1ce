import config, { LONG_TESTS } from './vitest.config.ts';

// Whole tables of formats and hostile files, and outages that have to last: more time than `npm test` has.
export default { ...config, test: { ...config.test, include: LONG_TESTS, exclude: [] } };
