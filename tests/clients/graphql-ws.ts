import { createClient } from 'graphql-ws';
import type { OpenClient } from './contest-client.ts';
import { hasFile, multipartForm } from './multipart-form.ts';

/** graphql-ws for all operations on one socket, except uploads, which use fetch. */
export const openGraphqlWs: OpenClient = (url, token) => {
  const authorization = () => (token() === undefined ? {} : { authorization: `Bearer ${token()}` });
  // The socket connects for the first operation and closes after the last, so a new connection uses the
  // current token.
  const socket = createClient({ url: url.replace('http', 'ws'), connectionParams: authorization });

  async function* results(operation: { toString(): string }, variables: object) {
    const query = operation.toString();
    for await (const { data, errors } of socket.iterate({ query, variables: { ...variables } })) {
      if (!data) throw new Error(JSON.stringify(errors));
      yield JSON.parse(JSON.stringify(data));
    }
  }
  return {
    async run(operation, variables) {
      if (!hasFile(variables)) {
        for await (const data of results(operation, variables)) return data;
        throw new Error('No response');
      }
      const headers = { 'graphql-require-preflight': '1', ...authorization() };
      const body = multipartForm(operation.toString(), variables);
      const { data, errors } = JSON.parse(await (await fetch(url, { method: 'POST', headers, body })).text());
      if (!data) throw new Error(JSON.stringify(errors));
      return data;
    },
    async subscribe(operation, variables, onEvent) {
      for await (const data of results(operation, variables)) onEvent(data);
    },
    close: () => void socket.dispose(),
  };
};
