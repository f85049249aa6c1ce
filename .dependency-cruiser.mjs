/*
 * Which part of the product may import which. A rule allows what is used and no more: tests/house.test.ts finds
 * an entry of these tables that no import needs.
 */

/** Folders of `src/`, the lowest first; each with the lower ones that it imports. */
export const FLOORS = {
  platform: [],
  players: ['platform'],
  audit: ['platform', 'players'],
  rankings: ['platform', 'players'],
  videos: ['platform', 'players', 'rankings'],
  votes: ['platform', 'players', 'rankings', 'videos'],
  contest: ['platform', 'players', 'audit', 'rankings', 'votes'],
  moderation: ['platform', 'players', 'audit', 'rankings', 'videos', 'contest'],
  backup: ['platform', 'rankings', 'videos'],
  consistency: ['platform', 'rankings', 'videos', 'votes'],
};

/** The parts that stand on `src/`, each with what it imports besides. */
export const EDGES = {
  schema: [],
  worker: [],
  server: ['schema'],
};

/** @param {readonly string[]} names */
const except = names => (names.length > 0 ? `(?!(?:${names.join('|')})/)` : '');
/**
 * @param {string} name
 * @param {object} from
 * @param {object} to
 */
const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

const floors = Object.entries(FLOORS).map(([floor, lower]) =>
  forbid(
    `floors: ${floor}`,
    { path: `^src/${floor}/` },
    { path: `^(src/${except([floor, ...lower])}|schema/|server/|worker/)` },
  ),
);

const edges = Object.entries(EDGES).map(([edge, others]) =>
  forbid(
    `edges: ${edge}`,
    { path: `^${edge}/` },
    { path: `^${except([edge, ...others])}(schema|server|worker)/` },
  ),
);

export default {
  forbidden: [
    forbid('no-circular', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    ...floors,
    ...edges,
    forbid(
      'features-know-no-transport',
      { path: '^src/(?!platform/)[^/]+/' },
      { path: 'node_modules/(graphql|graphql-[^/]+|@pothos|bullmq|ioredis|prom-client)/' },
    ),
    forbid(
      'schema-knows-no-store',
      { path: '^schema/' },
      { path: 'node_modules/(bullmq|ioredis|@mikro-orm)/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'server-imports-four-schema-files',
      { path: '^server/' },
      { path: '^schema/(?!index\\.ts|context\\.ts|cache-scope\\.ts|graphql-errors\\.ts)' },
    ),
    forbid(
      'only-commands-back-up-and-repair',
      { pathNot: '^(src/(backup|consistency)/|scripts/|tests/)' },
      { path: '^src/(backup|consistency)/' },
    ),
    forbid('only-tests-import-the-server', { pathNot: '^(server/|tests/|bench/)' }, { path: '^server/' }),
    forbid(
      'product-imports-no-tests-or-scripts',
      { path: '^(src|schema|server|worker)/' },
      { path: '^(tests|scripts|bench|chaos)/' },
    ),
    forbid(
      'aws-sdk-lives-in-the-s3-store',
      { path: '^(src|schema|server|worker)/', pathNot: '^src/platform/storage/s3/' },
      { path: 'node_modules/@(aws-sdk|smithy)/' },
    ),
    forbid(
      'fluent-ffmpeg-lives-in-one-file',
      { pathNot: '^worker/ffmpeg/run-ffmpeg\\.ts$' },
      { path: 'node_modules/fluent-ffmpeg/' },
    ),
    forbid(
      'worker-starts-processes-in-one-file',
      { path: '^worker/', pathNot: '^worker/ffmpeg/run-program\\.ts$' },
      { path: '^(node:)?child_process$' },
    ),
    forbid(
      'product-uses-no-dev-dependencies',
      { path: '^(src|schema|server|worker)/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    ),
    forbid('resolves', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^tests/gql/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
