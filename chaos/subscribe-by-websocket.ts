import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { VideoStatusDocument, type VideoStatusSubscription } from '../tests/gql/graphql.ts';
import type { StatusEvent, TestPlayer } from '../tests/kit/api/client.ts';

/**
 * Yields the status events of a video over a new WebSocket until the stream ends.
 *
 * @throws when the connection closes.
 */
export async function* subscribeByWebSocket(
  url: string,
  videoId: string,
  { token }: Pick<TestPlayer, 'token'>,
): AsyncGenerator<StatusEvent> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  try {
    const operation = { query: VideoStatusDocument.toString(), variables: { videoId } };
    for await (const { data, errors } of client.iterate<VideoStatusSubscription>(operation)) {
      if (!data) throw new Error(JSON.stringify(errors));
      yield data.videoStatus;
    }
  } finally {
    await client.dispose();
  }
}
