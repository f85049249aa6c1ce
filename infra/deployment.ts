import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const CIDR = z
  .string()
  .regex(/^(\d{1,3}\.){3}\d{1,3}\/(\d|[12]\d|3[0-2])$/, 'an IPv4 range such as 203.0.113.7/32');

const DEPLOYMENT = z.strictObject({
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
  /** Explicit, so that a template does not depend on the account that synthesizes it. */
  availabilityZones: z.array(z.string()).length(2),
  /** The only network with access by SSH, and to the API without nginx. */
  operatorCidr: CIDR.refine(cidr => cidr !== '0.0.0.0/0', 'must not be the whole internet'),
  alarmEmail: z.email(),
  /** The tag that the pipeline gave the image of the product. */
  imageTag: z.string().min(1),
  classic: z.strictObject({
    /** Amazon Linux 2023, x86-64. Pinned, as a newer image would replace the hosts. */
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

/** The destination of a deployment, and the access and the contact of its operator. */
export type Deployment = z.infer<typeof DEPLOYMENT>;

/** @throws {Error} when the file breaks a rule; the message names each problem. */
export function readDeployment(path = join(import.meta.dirname, 'deployment.json')): Deployment {
  return parseDeployment(JSON.parse(readFileSync(path, 'utf8')));
}

export function parseDeployment(source: unknown): Deployment {
  const parsed = DEPLOYMENT.safeParse(source);
  if (!parsed.success) throw new Error(`The deployment is not valid:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
