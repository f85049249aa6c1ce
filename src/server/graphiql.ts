import type { GraphiQLOptions } from 'graphql-yoga';

export const graphiqlOptions: GraphiQLOptions = {
  title: 'ANB Rising Stars',
  headers: JSON.stringify({ authorization: 'Bearer ' }, null, 2),
  additionalHeaders: { 'x-graphql-yoga-csrf': '1' },
  subscriptionsProtocol: 'SSE',
  shouldPersistHeaders: true,
};

/** The whole of GraphiQL in one page, so that it works offline; 9 MB, so loaded with the first request for it. */
export async function renderGraphiql(options: GraphiQLOptions): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  return renderGraphiQL(options);
}
