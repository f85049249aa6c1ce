import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const ROOT = join(import.meta.dirname, '../..');
export const COMPOSE_FILES = ['docker-compose.yml', 'deploy/stores.yml', 'deploy/monitoring.yml'].map(name =>
  join(ROOT, name),
);

const DURATION = z
  .string()
  .regex(/^\d+s$/)
  .transform(text => Number.parseInt(text, 10));

const SERVICE = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  networks: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.object({ disable: z.boolean().optional(), test: z.array(z.string()).optional() }),
  deploy: z.object({ replicas: z.int() }).optional(),
  stop_grace_period: DURATION.optional(),
  user: z.string().optional(),
  // The restrictions of every container.
  init: z.literal(true),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  logging: z.object({
    driver: z.literal('json-file'),
    options: z.object({ 'max-size': z.string(), 'max-file': z.string() }),
  }),
});

const COMPOSE = z.object({
  services: z.record(z.string(), SERVICE),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) }).nullable()),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});
export type Compose = z.output<typeof COMPOSE>;
export type Service = z.output<typeof SERVICE>;

/**
 * Returns `docker-compose.yml` with the defaults of its variables.
 *
 * @throws when a service lacks a restriction.
 */
export async function readCompose(): Promise<Compose> {
  const text = await readFile(join(ROOT, 'docker-compose.yml'), 'utf8');
  return COMPOSE.parse(parse(text, withDefaults, { merge: true }));
}

/** Replaces `${NAME:-default}` in strings, as Compose does. */
const withDefaults = (_key: unknown, value: unknown) =>
  typeof value === 'string' ? value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1') : value;

/** Returns the service with a name. @throws when there is none. */
export function getService({ services }: Compose, name: string): Service {
  const service = services[name];
  if (service === undefined) throw new Error(`No service ${name}`);
  return service;
}
