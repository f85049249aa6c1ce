import { createClient } from 'graphql-ws';
import {
  type FetchFunction,
  Network,
  Observable,
  type RequestParameters,
  type SubscribeFunction,
} from 'relay-runtime';
import type { OpenClient } from './contest-client.ts';
import { hasFile, multipartForm } from './multipart-form.ts';

/** Relay's network layer: fetch for queries, mutations and uploads, graphql-ws for subscriptions. */
export const openRelay: OpenClient = (url, token) => {
  const authorization = () => (token() === undefined ? {} : { authorization: `Bearer ${token()}` });
  const socket = createClient({ url: url.replace('http', 'ws'), connectionParams: authorization });

  const send: FetchFunction = async ({ text }, variables) => {
    const form = hasFile(variables) && multipartForm(text ?? '', variables);
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'graphql-require-preflight': '1',
        ...(form ? {} : { 'content-type': 'application/json' }),
        ...authorization(),
      },
      body: form || JSON.stringify({ query: text, variables }),
    });
    return JSON.parse(await response.text());
  };
  const listenToEvents: SubscribeFunction = ({ text }, variables) =>
    Observable.create(sink =>
      socket.subscribe(
        { query: text ?? '', variables },
        {
          next: event => sink.next(JSON.parse(JSON.stringify(event))),
          error: error => sink.error(error instanceof Error ? error : new Error(JSON.stringify(error))),
          complete: () => sink.complete(),
        },
      ),
    );

  // An application passes `network` to `new Environment({ network, store })`, which then executes compiled
  // operations.
  const network = Network.create(send, listenToEvents);
  const execute = (operation: { toString(): string }, variables: object) => {
    const text = operation.toString();
    const [, name = ''] = /(?:query|mutation|subscription) (\w+)/.exec(text) ?? [];
    const kinds = ['mutation', 'subscription'] as const;
    const operationKind = kinds.find(kind => text.trimStart().startsWith(kind)) ?? 'query';
    const request: RequestParameters = { id: null, cacheID: name, name, operationKind, text, metadata: {} };
    return network.execute(request, { ...variables }, {});
  };
  return {
    run: async (operation, variables) => readPayload(await execute(operation, variables).toPromise()),
    subscribe: (operation, variables, onEvent) =>
      new Promise((resolve, reject) => {
        execute(operation, variables).subscribe({
          next: event => onEvent(readPayload(event)),
          error: reject,
          complete: resolve,
        });
      }),
    close: () => void socket.dispose(),
  };
};

/** Returns untyped data: Relay's compiler types the data that an application reads from its store. */
function readPayload(response: unknown) {
  const { data, errors } = JSON.parse(JSON.stringify(response));
  if (!data) throw new Error(JSON.stringify(errors));
  return data;
}
