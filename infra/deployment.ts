import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const CIDR = z
  .string()
  .regex(/^(\d{1,3}\.){3}\d{1,3}\/(\d|[12]\d|3[0-2])$/, 'an IPv4 range such as 203.0.113.7/32');

const DEPLOYMENT = z.strictObject({
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
  /** Named, so that a template is the same wherever it is made. */
  availabilityZones: z.array(z.string()).length(2),
  /** The one network that may come in by SSH and past nginx. */
  operatorCidr: CIDR.refine(cidr => cidr !== '0.0.0.0/0', 'the operator is not the whole internet'),
  alarmEmail: z.email(),
  /** The product's image, as the pipeline tagged it. */
  imageTag: z.string().min(1),
  classic: z.strictObject({
    /** Amazon Linux 2023, x86-64. Pinned, as a newer one would replace the hosts. */
    hostImageId: z.string().regex(/^ami-[0-9a-f]{8,17}$/),
    sshKeyName: z.string().min(1),
  }),
  scalable: z.strictObject({ domain: z.hostname(), zoneName: z.hostname(), zoneId: z.string().min(1) }),
  release: z.strictObject({
    connectionArn: z.string().startsWith('arn:aws:code'),
    repository: z.string().regex(/^[^/]+\/[^/]+$/, 'owner/name'),
    branch: z.string().min(1),
  }),
});

/** Where the product is deployed to, and who looks after it. */
export type Deployment = z.infer<typeof DEPLOYMENT>;

/** @throws when the file breaks a rule; the message names each problem. */
export function readDeployment(path = join(import.meta.dirname, 'deployment.json')): Deployment {
  return parseDeployment(JSON.parse(readFileSync(path, 'utf8')));
}

export function parseDeployment(source: unknown): Deployment {
  const parsed = DEPLOYMENT.safeParse(source);
  if (!parsed.success) throw new Error(`The deployment is not valid:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
