import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { createClient as createSseClient } from 'graphql-sse';
import { graphql } from '../../gql/gql.ts';
import type { SignUpInput, TypedDocumentString, VideoStatusSubscription } from '../../gql/graphql.ts';
import { SignUpDocument } from '../../gql/graphql.ts';

/** A GraphQL response over HTTP. */
export interface GraphqlResponse<Data> {
  status: number;
  headers: Headers;
  data: Data;
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
}

/** A player who signed up through the API, with their credentials. */
export interface TestPlayer {
  token: string;
  refreshToken: string;
  id: string;
  username: string;
  email: string;
  password: string;
}

interface Caller {
  token?: string | undefined;
  headers?: Record<string, string>;
}

/** A client of one API that uses only its public protocols. */
export type TestClient = ReturnType<typeof createClient>;

const PASSWORD = 'three from downtown';

const UPLOAD = graphql(`
  mutation UploadVideo($input: UploadVideoInput!) {
    uploadVideo(input: $input) {
      __typename
      ... on Video { id title status }
      ... on Error { code message }
      ... on FileTooLarge { limitBytes }
      ... on InvalidInput { problems { path message } }
    }
  }
`);

const VIDEO_STATUS = graphql(`
  subscription VideoStatus($videoId: ID!) {
    videoStatus(videoId: $videoId) {
      sequence status phase percent queuePosition etaSeconds attempt maxAttempts
      failure { reason message }
      video { id status processedUrl posterUrl durationSeconds }
    }
  }
`);

/** Creates a client of the API at the origin `url`. */
export function createClient(url: string) {
  const endpoint = `${url}/graphql`;
  const toHeaders = ({ token, headers }: Caller) => ({
    ...(token && { authorization: `Bearer ${token}` }),
    ...headers,
  });

  async function send<Data>(body: string | FormData, caller: Caller): Promise<GraphqlResponse<Data>> {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        ...(typeof body === 'string'
          ? { 'content-type': 'application/json' }
          : { 'x-graphql-yoga-csrf': '1' }),
        ...toHeaders(caller),
      },
      body,
    });
    const result: Pick<GraphqlResponse<Data>, 'data' | 'errors'> = JSON.parse(await response.text());
    return { status: response.status, headers: response.headers, ...result };
  }

  return {
    url,

    /** Sends an operation; a typed document returns typed data. */
    graphql<Data = Record<string, unknown>, Variables = Record<string, unknown>>(
      document: TypedDocumentString<Data, Variables> | string,
      variables?: Variables,
      caller: Caller = {},
    ): Promise<GraphqlResponse<Data>> {
      return send(JSON.stringify({ query: document.toString(), variables }), caller);
    },

    /** Signs up a new player. @throws if the sign-up is rejected. */
    async signUp(details: Partial<SignUpInput> = {}): Promise<TestPlayer> {
      const password = details.password ?? PASSWORD;
      const input = {
        firstName: 'Jordan',
        lastName: 'Díaz',
        email: `${randomUUID()}@example.com`,
        city: 'Bogotá',
        country: 'Colombia',
        ...details,
        password,
        passwordConfirmation: password,
      };
      const { data, errors } = await this.graphql(SignUpDocument, { input });
      if (data?.signUp.__typename !== 'Session') throw new Error(JSON.stringify({ data, errors }));
      const { accessToken, refreshToken, viewer } = data.signUp;
      const { id, username } = viewer.player;
      return { token: accessToken, refreshToken, id, username, email: input.email, password };
    },

    /** Uploads a file as a GraphQL multipart request; returns the result of `uploadVideo`. */
    async upload(
      player: Pick<TestPlayer, 'token'>,
      file: string | Blob,
      input: { title?: string; idempotencyKey?: string } = {},
    ) {
      const form = new FormData();
      const variables = { input: { title: 'Crossover', ...input, file: null } };
      form.set('operations', JSON.stringify({ query: UPLOAD.toString(), variables }));
      form.set('map', JSON.stringify({ file: ['variables.input.file'] }));
      form.set('file', typeof file === 'string' ? await openAsBlob(file) : file, 'clip.mp4');
      const { data, errors } = await send<{ uploadVideo: UploadOutcome }>(form, player);
      if (!data) throw new Error(JSON.stringify(errors));
      return data.uploadVideo;
    },

    /** Subscribes to a video over SSE until the stream ends or the iterator is closed. */
    async *subscribeToVideo(videoId: string, caller: Caller = {}): AsyncGenerator<StatusEvent> {
      const client = createSseClient({ url: endpoint, headers: toHeaders(caller), retryAttempts: 0 });
      try {
        const variables = { videoId };
        const events = client.iterate<VideoStatusSubscription>({ query: VIDEO_STATUS.toString(), variables });
        for await (const { data, errors } of events) {
          if (!data) throw new Error(JSON.stringify(errors));
          yield data.videoStatus;
        }
      } finally {
        client.dispose();
      }
    },
  };
}

export type StatusEvent = VideoStatusSubscription['videoStatus'];
type UploadOutcome = import('../../gql/graphql.ts').UploadVideoMutation['uploadVideo'];
