import { z } from 'zod';

const SIGN_UP =
  'mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { accessToken } __typename } }';
const PASSWORD = 'three steps and a layup';
const RESPONSE = z.object({ data: z.object({ signUp: z.object({ accessToken: z.string() }) }) });

/** Signs up a player at an API. Returns the access token. @throws when the API returns an error. */
export async function signUp(apiUrl: string, email = 'ana@anb.example'): Promise<string> {
  const input = {
    ...{ firstName: 'Ana', lastName: 'Díaz', city: 'Bogotá', country: 'Colombia' },
    ...{ email, password: PASSWORD, passwordConfirmation: PASSWORD },
  };
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: SIGN_UP, variables: { input } }),
  });
  return RESPONSE.parse(await response.json()).data.signUp.accessToken;
}
