import { createClient } from 'graphql-ws';
import type { OpenClient } from './contest-client.ts';
import { hasFile, multipartForm } from './multipart-form.ts';

/** graphql-ws for all operations, on one socket; only a file goes by fetch. */
export const openGraphqlWs: OpenClient = (url, token) => {
  const authorization = () => (token() === undefined ? {} : { authorization: `Bearer ${token()}` });
  // Connects with the first operation and hangs up after the last, so that the next has the token of then.
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
        throw new Error('No answer');
      }
      const headers = { 'graphql-require-preflight': '1', ...authorization() };
      const body = multipartForm(operation.toString(), variables);
      const { data, errors } = JSON.parse(await (await fetch(url, { method: 'POST', headers, body })).text());
      if (!data) throw new Error(JSON.stringify(errors));
      return data;
    },
    async follow(operation, variables, tell) {
      for await (const data of results(operation, variables)) tell(data);
    },
    close: () => void socket.dispose(),
  };
};
