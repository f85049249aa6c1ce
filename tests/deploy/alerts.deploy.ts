import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const promtool = (...args: string[]) => promisify(execFile)('promtool', args, { cwd: ROOT });

test('Prometheus accepts its configuration and the rules', async () => {
  const { stdout } = await promtool('check', 'config', 'deploy/prometheus/prometheus.yml');
  expect(stdout).toContain('valid prometheus config');
  expect(stdout).toMatch(/SUCCESS: 1\d rules found/);
});

test('each alert fires for its problem, and none fires in a quiet hour', async () => {
  const { stdout } = await promtool('test', 'rules', 'tests/deploy/alerts.yml');
  expect(stdout).toContain('SUCCESS');
});
