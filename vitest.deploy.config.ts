import config from './vitest.config.ts';

// What needs nginx, and more time than `npm test` has.
export default {
  ...config,
  test: {
    ...config.test,
    include: ['tests/deploy/**/*.deploy.ts'],
  },
};
