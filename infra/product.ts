/** What the infrastructure relies on about the product; a test holds it against the product's own settings. */
export const PRODUCT = {
  apiPort: 8000,
  workerPort: 8001,
  /** In the image; the folder that all processes share. */
  storageDir: '/app/uploads',
  repositoryName: 'anb-rising-stars',
  databaseName: 'anbdb',
  databaseUser: 'anb',
  /** Run by `node` in the image's working folder. */
  programs: { api: 'server/main.ts', worker: 'worker/main.ts', migrate: 'scripts/operate/migrate.ts' },
  /** All that strangers may ask for; `/metrics`, `/health` and `/ready` are not among it. */
  publicPaths: ['/graphql', '/media/*', '/exports/*', '/operations/queue', '/operations/queue/*'],
  workerConcurrency: 4,
  /** The user that the image runs as, and that owns the shared folder. */
  user: { uid: '1000', gid: '1000' },
} as const;

/** How long each part waits for the one below it; every number is seconds. */
export const GRACE = {
  /** Yoga pings an event stream each 12 s; uploads over slow lines are never idle this long. */
  loadBalancerIdleSeconds: 300,
  /** Longer than the balancer's, or it would write into connections that the API is closing. */
  apiKeepAliveSeconds: 310,
  /** From leaving the target group to SIGTERM. */
  deregistrationSeconds: 60,
  /** The most that Fargate gives between SIGTERM and SIGKILL, and all that Spot announces. */
  stopTimeoutSeconds: 120,
  /** What the product makes of it: the rest is for its exit. */
  shutdownSeconds: 110,
  /** The slowest clip that is common, 4K60 HEVC, on one core. */
  slowEncodeSeconds: 80,
} as const;

/** Holds the PEM certificates of the authority that signs the database's; the operator puts it there once per region. */
export const DATABASE_CA_PARAMETER = '/anb-rising-stars/database-ca';
