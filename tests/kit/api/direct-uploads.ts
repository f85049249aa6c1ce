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
export type PresignedUpload = Extract<CreateUploadMutation['createUpload'], { __typename: 'DirectUpload' }>;

/** Requests a presigned upload. */
export async function createUpload(
  app: Pick<TestClient, 'graphql'>,
  player: Player,
  input: { sizeBytes: number; type: UploadType },
): Promise<CreateUploadMutation['createUpload']> {
  const { data, errors } = await app.graphql(CREATE, { input }, player);
  if (!data) throw new Error(JSON.stringify(errors));
  return data.createUpload;
}

/** Sends a file to a presigned URL; returns the HTTP status of the store. */
export async function putFile({ url, headers }: PresignedUpload, body: Buffer): Promise<number> {
  const entries = headers.map(({ name, value }): [string, string] => [name, value]);
  return (await fetch(url, { method: 'PUT', headers: entries, body: new Uint8Array(body) })).status;
}

/** Requests a presigned upload for `body` and sends it. @throws if the store does not accept it. */
export async function uploadDirectly(
  app: Pick<TestClient, 'graphql'>,
  player: Player,
  body: Buffer,
  type: UploadType = 'MP4',
): Promise<PresignedUpload> {
  const upload = await createUpload(app, player, { sizeBytes: body.length, type });
  if (upload.__typename !== 'DirectUpload') throw new Error(JSON.stringify(upload));
  const status = await putFile(upload, body);
  if (status !== 200) throw new Error(`The store returned ${status}`);
  return upload;
}

/** Completes a direct upload; returns the result of `completeUpload`. */
export async function completeUpload(
  app: Pick<TestClient, 'graphql'>,
  player: Player,
  input: { uploadId: string; title: string },
): Promise<CompleteUploadMutation['completeUpload']> {
  const { data, errors } = await app.graphql(COMPLETE, { input }, player);
  if (!data) throw new Error(JSON.stringify(errors));
  return data.completeUpload;
}
