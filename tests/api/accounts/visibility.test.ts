import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { findVideoRow, insertVideo } from '../../kit/contest/videos.ts';

const VISIBILITY = graphql(`
  query VisibilitySeen($id: ID!, $owner: ID!) {
    video(id: $id) { id originalUrl processedUrl posterUrl failure { reason } }
    node(id: $id) { id }
    nodes(ids: [$id]) { id }
    videos(first: 100) { nodes { id } }
    owner: node(id: $owner) { ... on Player { videos(first: 100) { nodes { id } } } }
  }
`);

const STATES = {
  UPLOADED: { status: 'UPLOADED' },
  PROCESSING: { status: 'PROCESSING' },
  FAILED: { status: 'FAILED', failureReason: 'TOO_LONG' },
  PROCESSED: { status: 'PROCESSED' },
  hidden: { status: 'PROCESSED', hiddenAt: new Date() },
} as const;
type State = keyof typeof STATES;
const VIEWERS = ['anyone', 'another player', 'owner', 'moderator'] as const;

const NOTHING: string[] = [];
const RECORD = ['video', 'node', 'nodes', "player's videos", 'status', 'original'];
const PUBLIC = ['video', 'node', 'nodes', 'gallery', "player's videos", 'status', 'clip', 'poster'];

/** The exact fields and lists in which each viewer sees a video in each state. */
const TABLE: Record<State, Record<(typeof VIEWERS)[number], string[]>> = {
  UPLOADED: { anyone: NOTHING, 'another player': NOTHING, owner: RECORD, moderator: RECORD },
  PROCESSING: { anyone: NOTHING, 'another player': NOTHING, owner: RECORD, moderator: RECORD },
  FAILED: {
    anyone: NOTHING,
    'another player': NOTHING,
    owner: [...RECORD, 'failure'],
    moderator: [...RECORD, 'failure'],
  },
  PROCESSED: {
    anyone: PUBLIC,
    'another player': PUBLIC,
    owner: [...PUBLIC, 'original'],
    moderator: [...PUBLIC, 'original'],
  },
  hidden: { anyone: NOTHING, 'another player': NOTHING, owner: RECORD, moderator: RECORD },
};

let app: App;
let owner: TestPlayer;
const tokens = new Map<string, string | undefined>();
const videoIds = new Map<State, string>();

beforeAll(async () => {
  app = await startApp();
  owner = await app.signUp();
  const [other, moderator] = [await app.signUp(), await app.signUp()];
  await app.database.em
    .fork()
    .execute(`update players set role = 'MODERATOR' where id = ?`, [toRowId(moderator.id)]);
  tokens.set('owner', owner.token).set('another player', other.token).set('moderator', moderator.token);
  for (const [state, changes] of Object.entries(STATES)) {
    const id = await insertVideo(app.database, owner, changes);
    videoIds.set(state as State, id);
    const row = await findVideoRow(app, id);
    for (const key of [row?.originalKey, row?.clipKey, row?.posterKey]) {
      if (!key) continue;
      const path = join(app.storageDir, key);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, key);
    }
  }
});
afterAll(() => app?.stop());

const isServed = async (url: string | null | undefined) =>
  Boolean(url) && (await fetch(url ?? '')).status === 200;

async function listVisible(viewer: string, state: State): Promise<string[]> {
  const id = videoIds.get(state) ?? '';
  const token = tokens.get(viewer);
  const { data, errors } = await app.graphql(VISIBILITY, { id, owner: owner.id }, { token });
  if (errors) throw new Error(JSON.stringify(errors));
  const has = (list: { id: string }[] | undefined) => (list ?? []).some(video => video.id === id);
  const facts: Record<string, boolean> = {
    video: data.video?.id === id,
    node: data.node?.id === id,
    nodes: has(data.nodes.flatMap(node => node ?? [])),
    gallery: has(data.videos.nodes),
    "player's videos": has(data.owner && 'videos' in data.owner ? data.owner.videos.nodes : []),
    status: await maySubscribe(id, token),
    clip: await isServed(data.video?.processedUrl),
    poster: await isServed(data.video?.posterUrl),
    original: await isServed(data.video?.originalUrl),
    failure: data.video?.failure != null,
  };
  return Object.keys(facts).filter(name => facts[name]);
}

async function maySubscribe(id: string, token: string | undefined): Promise<boolean> {
  try {
    for await (const event of app.subscribeToVideo(id, token ? { token } : {})) return event.video.id === id;
  } catch (error) {
    if (!String(error).includes('FORBIDDEN')) throw error;
  }
  return false;
}

describe.each(Object.keys(STATES) as State[])('a video that is %s', state => {
  test.each(VIEWERS)('is visible to %s as the table defines', async viewer => {
    expect((await listVisible(viewer, state)).toSorted()).toEqual(TABLE[state][viewer].toSorted());
  });

  test('serves its files without a signature only if published', async () => {
    const media = `${app.url}/media/${toRowId(videoIds.get(state) ?? '')}`;
    const expected = state === 'PROCESSED' ? 200 : 404;
    expect((await fetch(`${media}/clip.mp4`)).status).toBe(expected);
    expect((await fetch(`${media}/poster.jpg`)).status).toBe(expected);
    expect((await fetch(`${media}/original`)).status).toBe(403);
  });
});
