/** Properties of the product that the infrastructure depends on; a test compares them with the product's settings. */
export const PRODUCT = {
  apiPort: 8000,
  workerPort: 8001,
  /** The folder in the image that all processes share. */
  storageDir: '/app/uploads',
  repositoryName: 'anb-rising-stars',
  databaseName: 'anbdb',
  databaseUser: 'anb',
  /** Files that `node` runs in the image's working folder. */
  programs: { api: 'server/main.ts', worker: 'worker/main.ts', migrate: 'scripts/operate/migrate.ts' },
  /** The paths that the internet may request; `/metrics`, `/health` and `/ready` are not among them. */
  publicPaths: ['/graphql', '/media/*', '/exports/*', '/operations/queue', '/operations/queue/*'],
  workerConcurrency: 4,
  /** The user of the image, and the owner of the shared folder. */
  user: { uid: '1000', gid: '1000' },
} as const;

/** Timeouts of each part for the part below it, in seconds. */
export const GRACE = {
  /** The API pings an event stream every 12 s; uploads over slow connections are never idle this long. */
  loadBalancerIdleSeconds: 300,
  /** Longer than the balancer's timeout, so that the balancer never writes into a closing connection. */
  apiKeepAliveSeconds: 310,
  /** From leaving the target group to SIGTERM. */
  deregistrationSeconds: 60,
  /** The maximum of Fargate between SIGTERM and SIGKILL, and the notice of Spot. */
  stopTimeoutSeconds: 120,
  /** The grace period of the product; the rest is for its exit. */
  shutdownSeconds: 110,
  /** The slowest common clip, 4K60 HEVC, on one core. */
  slowEncodeSeconds: 80,
} as const;

/** Parameter with the PEM of the CA that signed the database's certificate; the operator stores it once per region. */
export const DATABASE_CA_PARAMETER = '/anb-rising-stars/database-ca';
