import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { settings } from '../../src/env.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { waitForCondition } from '../kit/api/multipart.ts';
import { makeShortSource, TINY_RULES, uploadVideo, waitForOutcome } from '../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import { readMetrics, readPromql } from './promql.ts';
import { readCompose } from './read-compose.ts';

const DEPLOY = join(import.meta.dirname, '../../deploy');
/** Metrics and labels that Prometheus adds to each scrape. */
const ADDED_BY_PROMETHEUS = { metrics: ['up'], labels: ['job', 'instance'] };

const rulesFile = z.object({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^[A-Z]\w+$/),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
});
const dashboardFile = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string() })).default([]),
    }),
  ),
});

const scrapeFile = z.object({
  rule_files: z.tuple([z.literal('rules.yml')]),
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      dns_sd_configs: z.tuple([z.object({ names: z.tuple([z.string()]), port: z.number() })]),
    }),
  ),
});
const overlayFile = z.object({
  services: z.record(z.string(), z.object({ ports: z.array(z.string()), networks: z.array(z.string()) })),
});

const readRules = async () =>
  rulesFile
    .parse(parse(await readFile(join(DEPLOY, 'prometheus/rules.yml'), 'utf8')))
    .groups.flatMap(({ rules }) => rules);
const readPanels = async () =>
  dashboardFile.parse(JSON.parse(await readFile(join(DEPLOY, 'grafana/dashboard.json'), 'utf8'))).panels;

let app: App;
let worker: TestWorker;
let exported: Map<string, Set<string>>;
beforeAll(async () => {
  app = await startApp(TINY_RULES);
  worker = await startWorker(app);
  const player = await app.signUp();
  await waitForOutcome(app, player, await uploadVideo(app, player, await makeShortSource()));
  const scrape = async (url: string) => (await fetch(`${url}/metrics`)).text();
  await waitForCondition(async () => /outcome="PROCESSED".* 1$/m.test(await scrape(worker.url)), 20);
  exported = new Map([...readMetrics(await scrape(app.url)), ...readMetrics(await scrape(worker.url))]);
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

/** Returns the metrics and labels of an expression that no process exports. */
function findUnknown(expression: string): string[] {
  // Grafana replaces the variable with a duration that fits the time range.
  const { metrics, labels } = readPromql(expression.replaceAll('$__rate_interval', '5m'));
  const known = new Set([
    ...ADDED_BY_PROMETHEUS.labels,
    'le',
    ...metrics.flatMap(name => [...(exported.get(name) ?? [])]),
  ]);
  return [
    ...metrics.filter(name => !exported.has(name) && !ADDED_BY_PROMETHEUS.metrics.includes(name)),
    ...labels.filter(label => !known.has(label)),
  ];
}

test('every alert uses metrics and labels that the API or the worker exports', async () => {
  const rules = await readRules();
  expect(rules.length).toBeGreaterThan(10);
  expect(rules.map(({ alert, expr }) => ({ alert, unknown: findUnknown(expr) }))).toEqual(
    rules.map(({ alert }) => ({ alert, unknown: [] })),
  );
});

test('every panel uses metrics and labels that the API or the worker exports', async () => {
  const panels = await readPanels();
  const shown = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
  expect(shown.length).toBeGreaterThan(15);
  expect(shown.map(({ title, expr }) => ({ title, unknown: findUnknown(expr) }))).toEqual(
    shown.map(({ title }) => ({ title, unknown: [] })),
  );
});

test('an unknown metric or label is found', () => {
  expect(findUnknown('rate(anb_video_total[5m]) > 0')).toEqual(['anb_video_total']);
  expect(findUnknown('sum by (result) (anb_videos_total{outcome="RETRIED"})')).toEqual(['result']);
  expect(() => findUnknown('sum(anb_videos_total')).toThrow('Not PromQL');
});

test('Prometheus scrapes the API and the worker of docker-compose.yml under the job names of the alerts', async () => {
  const { scrape_configs } = scrapeFile.parse(
    parse(await readFile(join(DEPLOY, 'prometheus/prometheus.yml'), 'utf8')),
  );
  const scraped = scrape_configs.map(({ job_name, dns_sd_configs: [{ names, port }] }) => [
    job_name,
    ...names,
    port,
  ]);
  expect(scraped).toEqual([
    ['anb-api', 'api', settings.API_PORT.parse(undefined)],
    ['anb-worker', 'worker', settings.WORKER_PORT.parse(undefined)],
  ]);
  const { services } = await readCompose();
  for (const {
    dns_sd_configs: [{ names }],
  } of scrape_configs)
    expect(services).toHaveProperty(names);
});

test('the monitoring services listen on the loopback address only', async () => {
  const { services } = overlayFile.parse(parse(await readFile(join(DEPLOY, 'monitoring.yml'), 'utf8')));
  for (const { ports } of Object.values(services)) {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
  expect(services.prometheus?.networks).toContain('data');
  expect(services.grafana?.networks).not.toContain('data');
});

test('panels do not overlap and stay within the 24 columns', async () => {
  const cells = new Set<string>();
  for (const { title, gridPos } of await readPanels()) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(cells.has(`${x},${y}`), title).toBe(false);
        cells.add(`${x},${y}`);
      }
    }
  }
});

test('every product metric is on the dashboard or in an alert', async () => {
  const expressions = [
    ...(await readRules()).map(({ expr }) => expr),
    ...(await readPanels()).flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];
  const watched = expressions.join(' ');
  const ours = [...exported.keys()].filter(
    name => name.startsWith('anb_') && !/_(bucket|sum|count)$/.test(name),
  );
  expect(ours.filter(name => !watched.includes(name))).toEqual([]);
});
