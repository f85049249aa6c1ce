import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { readDeployment } from '../deployment.ts';
import { addStacks, FEATURE_FLAGS } from '../stacks.ts';

export const deployment = readDeployment();
export const app = new App({ context: FEATURE_FLAGS });

const stacks = addStacks(app, deployment);

/** The synthesized templates. One synthesis for all test files, as it is slow. */
export const templates = {
  classic: Template.fromStack(stacks.classic),
  release: Template.fromStack(stacks.release),
  scalable: Template.fromStack(stacks.scalable),
};

/** A resource of a template; a test parses the properties that it reads. */
const RESOURCE = z.object({ Properties: z.record(z.string(), z.unknown()).default({}) });

export type Resource = z.infer<typeof RESOURCE>['Properties'];

/** Returns the properties of all resources of a type, by logical id. */
export function getResources(template: Template, type: string): Map<string, Resource> {
  const found = Object.entries(template.findResources(type));
  return new Map(found.map(([id, resource]) => [id, RESOURCE.parse(resource).Properties]));
}

/** Returns the only resource of a type. @throws {Error} unless there is exactly one. */
export function getResource(template: Template, type: string): Resource {
  const found = [...getResources(template, type).values()];
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} resources are ${type}`);
  return only;
}

/** Returns the names of the product's settings, from `.env.example`. */
export function readSettingNames(): Set<string> {
  const example = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');
  return new Set([...example.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name ?? ''));
}

const CONTAINER = z.object({
  Name: z.string(),
  EntryPoint: z.array(z.string()).optional(),
  Command: z.array(z.string()).optional(),
  Essential: z.boolean(),
  Environment: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
  Secrets: z.array(z.object({ Name: z.string(), ValueFrom: z.unknown() })).default([]),
  StopTimeout: z.number().optional(),
  ReadonlyRootFilesystem: z.boolean().optional(),
  DependsOn: z.array(z.object({ ContainerName: z.string(), Condition: z.string() })).default([]),
  PortMappings: z.array(z.object({ ContainerPort: z.number() })).default([]),
  MountPoints: z.array(z.object({ ContainerPath: z.string(), ReadOnly: z.boolean() })).default([]),
});

export type Container = z.infer<typeof CONTAINER>;

/** Returns the containers of the task that runs a process. */
export function containersWith(process: 'api' | 'worker'): Container[] {
  for (const task of getResources(templates.scalable, 'AWS::ECS::TaskDefinition').values()) {
    const containers = z.array(CONTAINER).parse(task.ContainerDefinitions);
    if (containers.some(({ Name }) => Name === process)) return containers;
  }
  throw new Error(`No task runs ${process}`);
}

export function getContainer(process: 'api' | 'worker', name: string = process): Container {
  const found = containersWith(process).find(({ Name }) => Name === name);
  if (found === undefined) throw new Error(`The task of ${process} has no container ${name}`);
  return found;
}

export function getSetting({ Environment }: Container, name: string): unknown {
  return Environment.find(({ Name }) => Name === name)?.Value;
}
