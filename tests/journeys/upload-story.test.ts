import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { anyFreePort } from '../../scripts/stack/ports.ts';
import { type ApiProcess, startApiProcess } from '../kit/api/api-process.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { createClient } from '../kit/api/client.ts';
import { waitForCondition } from '../kit/api/multipart.ts';
import { subscribeByWebSocket } from '../kit/api/subscriptions.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import {
  findVideoRow,
  makeShortSource,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import { getTraceTree, startTraceCollector, type TraceCollector } from '../kit/services/trace-collector.ts';

/** A query that the API rejects without a token. */
const PROTECTED_QUERY = '{ queueBoardUrl }';
const ERRORS = z.object({
  errors: z.array(z.object({ extensions: z.record(z.string(), z.unknown()) })),
});
const UPLOAD = [
  'POST /graphql',
  '  graphql mutation',
  '    store original',
  '    enqueue job',
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
let rejections: { path: string; extensions: Record<string, unknown> | undefined }[];
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
  const globalId = await uploadVideo(client, player, await makeShortSource());
  videoId = toRowId(globalId);
  expect(await waitForOutcome(client, player, globalId)).toMatchObject({ status: 'PROCESSED' });
  await waitForCondition(async () => linesWith('msg', 'processed').length === 1, 20);
  ({ requestId, traceId } = linesWith('msg', 'uploaded')[0] ?? {});
  const { errors } = await client.graphql(PROTECTED_QUERY);
  await using socket = await subscribeByWebSocket(client, { query: PROTECTED_QUERY });
  const overSocket = ERRORS.parse(JSON.parse((await socket.next()) ?? ''));
  rejections = [
    { path: 'POST /graphql', extensions: errors?.[0]?.extensions },
    { path: 'WebSocket /graphql', extensions: overSocket.errors[0]?.extensions },
  ];

  // A graceful stop exports the remaining spans.
  api.kill('SIGTERM');
  exitCodes = await Promise.all([api.ended, worker.stop()]);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await worker?.stop();
  collector?.close();
  await app?.stop();
});

test('the log lines of an upload share one request id, from the API to the worker', async () => {
  const sizeBytes = (await stat(await makeShortSource())).size;
  expect(requestId).toMatch(/^[\da-f-]{36}$/);
  expect(linesWith('requestId', requestId)).toMatchObject([
    { process: 'api', msg: 'uploaded', videoId, sizeBytes },
    { process: 'worker', msg: 'processing', videoId, attempt: 1 },
    { process: 'worker', msg: 'inspected', videoId, codec: 'h264', width: 64, height: 36 },
    { process: 'worker', msg: 'rendered', videoId, durationSeconds: expect.any(Number) },
    { process: 'worker', msg: 'processed', videoId, attempt: 1 },
  ]);
});

test('the same log lines share the video id', () => {
  expect(linesWith('videoId', videoId)).toEqual(linesWith('requestId', requestId));
});

test('the spans of an upload form one trace, from the mutation to each ffmpeg run and the event', () => {
  expect(exitCodes).toEqual([0, 0]);
  // The number of ffprobe spans is up to each step.
  const spans = collector.spans.filter(({ name }) => name !== 'ffprobe');
  expect(getTraceTree(spans, String(traceId))).toEqual(UPLOAD);
  const findServices = (name: string) =>
    new Set(collector.spans.filter(span => span.name === name).map(({ service }) => service));
  expect(findServices('enqueue job')).toEqual(new Set(['anb-rising-stars-api']));
  expect(findServices('process video')).toEqual(new Set(['anb-rising-stars-worker']));
});

test('each log line of an upload contains its trace id', () => {
  expect(traceId).toMatch(/^[\da-f]{32}$/);
  for (const line of linesWith('videoId', videoId)) expect(line.traceId).toBe(traceId);
});

test('a GraphQL error contains its request id and its trace id', () => {
  for (const { path, extensions } of rejections) {
    expect(extensions, path).toMatchObject({ code: 'UNAUTHENTICATED', requestId: expect.any(String) });
    expect(getTraceTree(collector.spans, String(extensions?.traceId))).toEqual([path, '  graphql query']);
  }
});

test('no trace is recorded without a configured collector', async () => {
  const player = await app.signUp();
  const globalId = await uploadVideo(app, player, await makeShortSource());
  expect((await findVideoRow(app, globalId))?.traceparent).toBeNull();
  const { errors } = await app.graphql(PROTECTED_QUERY);
  expect(errors?.[0]?.extensions).toHaveProperty('requestId');
  expect(errors?.[0]?.extensions).not.toHaveProperty('traceId');
});

test('an API works and exits with 0 while the collector is unavailable', async () => {
  const unavailableUrl = `http://127.0.0.1:${await anyFreePort()}`;
  const other = await startApiProcess(app, { OTEL_EXPORTER_OTLP_ENDPOINT: unavailableUrl });
  onTestFinished(() => other[Symbol.asyncDispose]());
  await createClient(other.url).signUp();
  other.kill('SIGTERM');
  expect(await other.ended).toBe(0);
});
