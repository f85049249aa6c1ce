import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { EXAMPLE_NAMES, readExample } from '../../server/explorers/examples.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import { createQuadrants, makeSource } from '../kit/media/media.ts';

const RULES = { MIN_SOURCE_SECONDS: '1', CLIP_SECONDS: '2', MIN_SOURCE_HEIGHT: '16' };

let app: App;
let worker: TestWorker;
beforeAll(async () => {
  app = await startApp(RULES);
  worker = await startWorker(app);
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

test('the examples folder contains only examples, and each begins with a comment', async () => {
  const files = await readdir(join(import.meta.dirname, '../../examples'));
  const expected = EXAMPLE_NAMES.flatMap(name => [`${name}.graphql`, `${name}.json`]);
  expect(files.toSorted()).toEqual(expected.toSorted());
  for (const name of EXAMPLE_NAMES) expect((await readExample(name, app.url)).query).toMatch(/^# \w/);
});

// In the order of a first use: each example needs a value from the response before it.
describe('the examples', () => {
  let token: string;
  let videoId: string;

  test('sign up a player and log in without edits', async () => {
    const session = z.object({ __typename: z.literal('Session'), accessToken: z.string() });
    await run('sign-up', z.object({ signUp: session }));
    ({ accessToken: token } = (await run('log-in', z.object({ logIn: session }))).logIn);
  });

  test('upload a file with the curl command', async () => {
    const { query } = await readExample('upload', app.url);
    const source = await makeSource({ picture: createQuadrants({ width: 640, height: 360, seconds: 3 }) });
    const command = /^# (curl .*)$/m.exec(query)?.[1] ?? '';
    const filled = command.replace('<accessToken>', token).replace('skills.mp4', source);
    const { stdout } = await promisify(execFile)('sh', ['-c', filled]);
    const body = z.object({
      data: z.object({ uploadVideo: z.object({ id: z.string(), status: z.literal('UPLOADED') }) }),
    });
    videoId = body.parse(JSON.parse(stdout)).data.uploadVideo.id;
  });

  test('reject an upload without a file', async () => {
    const { query, variables } = await readExample('upload', app.url);
    const { errors } = await app.graphql(query, JSON.parse(variables), { token });
    expect(errors?.[0]?.message).toContain('$file');
  });

  test('follow the video until it is processed', async () => {
    const { query } = await readExample('follow-video', app.url);
    const client = createClient({
      url: `${app.url}/graphql`,
      headers: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });
    const events = await Array.fromAsync(client.iterate({ query, variables: { videoId } }));
    client.dispose();
    expect(events.at(-1)).toMatchObject({ data: { videoStatus: { status: 'PROCESSED', percent: 100 } } });
  });

  test('list the video for its player and in the gallery', async () => {
    const video = z.object({ id: z.literal(videoId), title: z.literal('Crossover at sunset') });
    const list = z.object({ nodes: z.tuple([video]) });
    await run('me', z.object({ me: z.object({ player: z.object({ videos: list }) }) }));
    await run('gallery', z.object({ videos: list }));
  });

  /** Runs an example without edits and returns its data, parsed by `form`. */
  async function run<Data>(name: (typeof EXAMPLE_NAMES)[number], form: z.ZodType<Data>): Promise<Data> {
    const { query, variables } = await readExample(name, app.url);
    const { data, errors } = await app.graphql(query, JSON.parse(variables), { token });
    expect(errors).toBeUndefined();
    return form.parse(data);
  }
});
