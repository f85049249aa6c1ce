import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFile(join(ROOT, path), 'utf8');

const step = z.object({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
});
const workflowFile = z.object({
  on: z.object({ push: z.object({ branches: z.array(z.string()), tags: z.array(z.string()) }) }),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      needs: z.array(z.string()).default([]),
      strategy: z
        .object({
          matrix: z.object({
            node: z.array(z.number()).optional(),
            debian: z.array(z.string()).optional(),
          }),
        })
        .optional(),
      container: z
        .union([z.string(), z.object({ image: z.string() }).transform(({ image }) => image)])
        .optional(),
      permissions: z.record(z.string(), z.string()).default({}),
      'timeout-minutes': z.number(),
      steps: z.array(step),
    }),
  ),
});
type Step = z.output<typeof step>;

const { on, permissions, jobs } = workflowFile.parse(parse(await read('.github/workflows/ci.yml')));
const steps = (name: string): Step[] => jobs[name]?.steps ?? [];
const runs = Object.values(jobs).flatMap(job => job.steps.flatMap(({ run }) => run ?? []));
const getAction = (each: Step) => each.uses?.split('@')[0];

test('the workflow runs .ci/run, and only commands that the README lists', async () => {
  expect(steps('test').map(({ run }) => run)).toContain('.ci/run');
  await access(join(ROOT, '.ci/run'), constants.X_OK);
  const readme = await read('README.md');
  for (const command of runs) expect(readme, command).toContain(command);
});

test('the infra package has a job that runs its tests', () => {
  expect(runs).toContain('cd infra && npm ci && npm test');
});

test.each(['test', 'infra'])('the job %s runs with Node 20, 22 and 24 and their npm', name => {
  expect(jobs[name]?.strategy?.matrix.node).toEqual([20, 22, 24]);
  expect(jobs[name]?.container).toMatch(/^node:\$\{\{ matrix\.node \}\}-/);
});

test.each(['test', 'long'])('the job %s runs with the ffmpeg of each Debian release in use', name => {
  expect(jobs[name]?.strategy?.matrix.debian).toEqual(['bookworm', 'trixie']);
  expect(jobs[name]?.container).toMatch(/-\$\{\{ matrix\.debian \}\}$/);
});

test('the npm scripts of the workflow exist', async () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await read('package.json')));
  const called = [...runs.join('\n').matchAll(/npm run (\S+)/g)].map(([, name]) => name);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(called));
});

test('the image is built after the tests, scanned before publishing, and published only for a tag', () => {
  expect(jobs.image?.needs.toSorted()).toEqual(['infra', 'long', 'test']);
  const order = steps('image').map(each => each.name ?? getAction(each));
  expect(order.filter(name => /^[A-Z]/.test(String(name)))).toEqual(['Build', 'Scan', 'Publish']);
  const publishing = steps('image').filter(
    each => each.with.push === true || getAction(each) === 'docker/login-action',
  );
  expect(publishing).toHaveLength(2);
  for (const each of publishing) expect(each.if).toBe("startsWith(github.ref, 'refs/tags/v')");
  expect(on.push.tags).toEqual(['v*']);
  const [build, scan, publish] = ['Build', 'Scan', 'Publish'].map(name =>
    steps('image').find(each => each.name === name),
  );
  // The registry requires lower case, regardless of the repository's name.
  const image = expect.stringContaining('fromJSON(steps.names.outputs.json).tags[0]');
  expect(scan?.with).toMatchObject({ 'fail-build': true, image });
  expect(publish?.with.tags).toEqual(build?.with.tags);
});

test('actions are pinned, and only the publishing job has write permission', () => {
  for (const { uses } of Object.values(jobs).flatMap(job => job.steps)) {
    if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@(v\d+|[\da-f]{40})$/);
  }
  expect(permissions).toEqual({ contents: 'read' });
  expect(jobs.test?.permissions).toEqual({});
  expect(jobs.image?.permissions).toEqual({ contents: 'read', packages: 'write' });
});
