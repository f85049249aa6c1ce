import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { getContainer } from './stacks.ts';

const DEADLINE_MILLISECONDS = 30_000;

let running = 0;
let agentStatus = 200;
const asked: unknown[] = [];
const worker = createServer((_request, response) => response.end(JSON.stringify({ healthy: true, running })));
const agent = createServer(async (request, response) => {
  if (agentStatus === 200)
    asked.push({ path: request.url, method: request.method, body: await json(request) });
  response.writeHead(agentStatus).end('{}');
});
const script = getContainer('worker', 'protection').Command ?? [];
let guard: ReturnType<typeof spawn>;

beforeAll(async () => {
  const [workerUrl, agentUrl] = await Promise.all([worker, agent].map(listen));
  guard = spawn(process.execPath, [...script], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      WORKER_HEALTH_URL: `${workerUrl}/health/detailed`,
      ECS_AGENT_URI: `${agentUrl}/api/1`,
      POLL_SECONDS: '0.05',
    },
    stdio: 'ignore',
  });
});

afterAll(async () => {
  guard.kill('SIGKILL');
  await once(guard, 'exit');
  for (const server of [worker, agent]) server.closeAllConnections();
  await Promise.all([worker, agent].map(server => new Promise(resolve => server.close(resolve))));
});

it('frees a task whose worker is idle', async () => {
  await until(() => asked.length === 1);
  expect(asked).toEqual([
    { path: '/api/1/task-protection/v1/state', method: 'PUT', body: { ProtectionEnabled: false } },
  ]);
});

it('protects a task while its worker encodes, with one request, and another one after a refusal', async () => {
  agentStatus = 503;
  running = 2;
  await once(agent, 'request');
  agentStatus = 200;
  await until(() => asked.length === 2);
  expect(asked[1]).toMatchObject({ body: { ProtectionEnabled: true, ExpiresInMinutes: 30 } });
  running = 1;
  await once(worker, 'request');
  await once(worker, 'request');
  expect(asked).toHaveLength(2);
});

it('frees it when the last encode is done', async () => {
  running = 0;
  await until(() => asked.length === 3);
  expect(asked[2]).toMatchObject({ body: { ProtectionEnabled: false } });
});

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return `http://127.0.0.1:${port}`;
}

/** Resolves at the first request to the worker after which `holds` returns true. */
async function until(holds: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(DEADLINE_MILLISECONDS);
  while (!holds()) await once(worker, 'request', { signal });
}
