import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { anyFreePort } from '../../scripts/stack/ports.ts';
import { type ApiProcess, startApiProcess } from '../kit/api/api-process.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { createClient } from '../kit/api/client.ts';
import { listenBySocket } from '../kit/api/listening.ts';
import { eventually } from '../kit/api/multipart.ts';
import {
  findVideoRow,
  shortSource,
  TINY_RULES,
  toRowId,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import { startTraceCollector, type TraceCollector, traceTree } from '../kit/services/trace-collector.ts';

/** What nobody is told who has not logged in. */
const REFUSED = '{ queueBoardUrl }';
const ERRORS = z.object({
  errors: z.array(z.object({ extensions: z.record(z.string(), z.unknown()) })),
});
const UPLOAD = [
  'POST /graphql',
  '  graphql mutation',
  '    store original',
  '    offer job',
  '    process video',
  '      download',
  '      inspecting',
  '      rendering',
  '        encode',
  '          ffmpeg',
  '        splice',
  '          ffmpeg',
  '        verify',
  '          ffmpeg',
  '      publishing',
  '        publish event',
];

let app: App;
let collector: TraceCollector;
let api: ApiProcess;
let worker: TestWorker;
let videoId: string;
let requestId: unknown;
let traceId: unknown;
let refusals: { way: string; extensions: Record<string, unknown> | undefined }[];
let exitCodes: (number | null)[];

const linesWith = (key: string, value: unknown) =>
  [...api.log(), ...worker.log()].filter(line => line[key] === value);

beforeAll(async () => {
  [app, collector] = await Promise.all([startApp(TINY_RULES), startTraceCollector()]);
  const settings = {
    LOG_LEVEL: 'info',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    SHUTDOWN_GRACE_SECONDS: '5',
  };
  [api, worker] = await Promise.all([startApiProcess(app, settings), startWorker(app, settings)]);

  const client = createClient(api.url);
  const player = await client.signUp();
  const globalId = await uploadVideo(client, player, await shortSource());
  videoId = toRowId(globalId);
  expect(await waitForOutcome(client, player, globalId)).toMatchObject({ status: 'PROCESSED' });
  await eventually(async () => linesWith('msg', 'processed').length === 1, 20);
  ({ requestId, traceId } = linesWith('msg', 'uploaded')[0] ?? {});
  const { errors } = await client.graphql(REFUSED);
  await using socket = await listenBySocket(client, { query: REFUSED });
  const bySocket = ERRORS.parse(JSON.parse((await socket.next()) ?? ''));
  refusals = [
    { way: 'POST /graphql', extensions: errors?.[0]?.extensions },
    { way: 'WebSocket /graphql', extensions: bySocket.errors[0]?.extensions },
  ];

  // Stopped as an operator would, both send the traces that they have left.
  api.kill('SIGTERM');
  exitCodes = await Promise.all([api.ended, worker.stop()]);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await worker?.stop();
  collector?.close();
  await app?.stop();
});

test('an upload is told in one story by its request id, from the API to the worker', async () => {
  const sizeBytes = (await stat(await shortSource())).size;
  expect(requestId).toMatch(/^[\da-f-]{36}$/);
  expect(linesWith('requestId', requestId)).toMatchObject([
    { process: 'api', msg: 'uploaded', videoId, sizeBytes },
    { process: 'worker', msg: 'processing', videoId, attempt: 1 },
    { process: 'worker', msg: 'inspected', videoId, codec: 'h264', width: 64, height: 36 },
    { process: 'worker', msg: 'rendered', videoId, durationSeconds: expect.any(Number) },
    { process: 'worker', msg: 'processed', videoId, attempt: 1 },
  ]);
});

test('its video id tells the same story', () => {
  expect(linesWith('videoId', videoId)).toEqual(linesWith('requestId', requestId));
});

test('it is one trace, from the mutation through the queue to each ffmpeg run and the event', () => {
  expect(exitCodes).toEqual([0, 0]);
  // Probing has spans too; how often a file is looked at is up to each step.
  const spans = collector.spans.filter(({ name }) => name !== 'ffprobe');
  expect(traceTree(spans, String(traceId))).toEqual(UPLOAD);
  const servicesOf = (name: string) =>
    new Set(collector.spans.filter(span => span.name === name).map(({ service }) => service));
  expect(servicesOf('offer job')).toEqual(new Set(['anb-rising-stars-api']));
  expect(servicesOf('process video')).toEqual(new Set(['anb-rising-stars-worker']));
});

test('each line of its log says which trace it belongs to', () => {
  expect(traceId).toMatch(/^[\da-f]{32}$/);
  for (const line of linesWith('videoId', videoId)) expect(line.traceId).toBe(traceId);
});

test('an error says which request and which trace it comes from', () => {
  for (const { way, extensions } of refusals) {
    expect(extensions, way).toMatchObject({ code: 'UNAUTHENTICATED', requestId: expect.any(String) });
    expect(traceTree(collector.spans, String(extensions?.traceId))).toEqual([way, '  graphql query']);
  }
});

test('leaves no trace unless a collector is configured', async () => {
  const player = await app.signUp();
  const globalId = await uploadVideo(app, player, await shortSource());
  expect((await findVideoRow(app, globalId))?.traceparent).toBeNull();
  const { errors } = await app.graphql(REFUSED);
  expect(errors?.[0]?.extensions).toHaveProperty('requestId');
  expect(errors?.[0]?.extensions).not.toHaveProperty('traceId');
});

test('a collector that is away keeps no process from working, nor from stopping cleanly', async () => {
  const away = `http://127.0.0.1:${await anyFreePort()}`;
  const other = await startApiProcess(app, { OTEL_EXPORTER_OTLP_ENDPOINT: away });
  onTestFinished(() => other[Symbol.asyncDispose]());
  await createClient(other.url).signUp();
  other.kill('SIGTERM');
  expect(await other.ended).toBe(0);
});
