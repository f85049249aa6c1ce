import { graphql } from '../../gql/gql.ts';
import type { CompleteUploadMutation, CreateUploadMutation, UploadType } from '../../gql/graphql.ts';
import type { TestClient, TestPlayer } from './client.ts';

const CREATE = graphql(`
  mutation CreateUpload($input: CreateUploadInput!) {
    createUpload(input: $input) {
      __typename
      ... on DirectUpload { uploadId url headers { name value } expiresAt }
      ... on Error { code message }
      ... on FileTooLarge { limitBytes }
      ... on InvalidInput { problems { path message } }
    }
  }
`);

const COMPLETE = graphql(`
  mutation CompleteUpload($input: CompleteUploadInput!) {
    completeUpload(input: $input) {
      __typename
      ... on Video { id title status }
      ... on Error { code message }
      ... on FileTooLarge { limitBytes }
    }
  }
`);

type Player = Pick<TestPlayer, 'token'>;
export type Offer = Extract<CreateUploadMutation['createUpload'], { __typename: 'DirectUpload' }>;

/** Asks for a place to send a file to. */
export async function createUpload(
  app: Pick<TestClient, 'graphql'>,
  player: Player,
  input: { sizeBytes: number; type: UploadType },
): Promise<CreateUploadMutation['createUpload']> {
  const { data, errors } = await app.graphql(CREATE, { input }, player);
  if (!data) throw new Error(JSON.stringify(errors));
  return data.createUpload;
}

/** Sends a file where the offer says; the HTTP status of the store. */
export async function send({ url, headers }: Offer, body: Buffer): Promise<number> {
  const sent = headers.map(({ name, value }): [string, string] => [name, value]);
  return (await fetch(url, { method: 'PUT', headers: sent, body: new Uint8Array(body) })).status;
}

/** Asks for a place for `body` and sends it there. */
export async function sendDirectly(
  app: Pick<TestClient, 'graphql'>,
  player: Player,
  body: Buffer,
  type: UploadType = 'MP4',
): Promise<Offer> {
  const offer = await createUpload(app, player, { sizeBytes: body.length, type });
  if (offer.__typename !== 'DirectUpload') throw new Error(JSON.stringify(offer));
  const status = await send(offer, body);
  if (status !== 200) throw new Error(`The store answered ${status}`);
  return offer;
}

/** Has a file that was sent taken in. */
export async function completeUpload(
  app: Pick<TestClient, 'graphql'>,
  player: Player,
  input: { uploadId: string; title: string },
): Promise<CompleteUploadMutation['completeUpload']> {
  const { data, errors } = await app.graphql(COMPLETE, { input }, player);
  if (!data) throw new Error(JSON.stringify(errors));
  return data.completeUpload;
}
