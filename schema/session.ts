import { InvalidInput } from '../src/platform/errors.ts';
import { logIn } from '../src/players/log-in.ts';
import {
  BadCredentials,
  EmailTaken,
  SessionExpired,
  TooManyAttempts,
} from '../src/players/players.errors.ts';
import { logOut, type OpenSession, refreshSession } from '../src/players/sessions.ts';
import { signUp } from '../src/players/sign-up.ts';
import { builder } from './builder.ts';
import { setViewer } from './context.ts';
import { PASSWORD_COST } from './costs.ts';
import { ErrorInterface } from './errors.ts';
import { ViewerType } from './player.ts';

const SessionType = builder.objectRef<OpenSession>('Session').implement({
  description: 'An open session. Both tokens are secret.',
  fields: t => ({
    accessToken: t.exposeString('accessToken', {
      description:
        'Access token for the header `Authorization: Bearer …`; over WebSocket for `connectionParams.authorization`.',
    }),
    tokenType: t.string({
      description: 'Type of the access token: always `Bearer` (RFC 6750).',
      resolve: () => 'Bearer',
    }),
    expiresIn: t.exposeInt('expiresInSeconds', {
      description: 'Lifetime of the access token, in seconds from now.',
    }),
    refreshToken: t.exposeString('refreshToken', {
      description:
        'Refresh token, valid for one `refreshSession`. A second use indicates theft and ends the session.',
    }),
    viewer: t.field({
      type: ViewerType,
      description: 'The logged-in player. The remaining fields of the operation resolve for this viewer.',
      resolve: ({ player }) => player,
    }),
  }),
});

const LoggedOut = builder.objectRef<{ wasOpen: boolean }>('LoggedOut').implement({
  description: 'The session has ended; its tokens are invalid.',
  fields: t => ({
    wasOpen: t.exposeBoolean('wasOpen', { description: 'Whether the session was open until now.' }),
  }),
});

// `isTypeOf` makes the errors plugin unwrap the error; a wrapped error is not an instance of its class.
builder.objectType(EmailTaken, {
  name: 'EmailTaken',
  description: 'Another player has this e-mail, ignoring case.',
  interfaces: [ErrorInterface],
  isTypeOf: error => error instanceof EmailTaken,
});

builder.objectType(BadCredentials, {
  name: 'BadCredentials',
  description: 'The e-mail or the password is wrong. The API does not reveal which one.',
  interfaces: [ErrorInterface],
  isTypeOf: error => error instanceof BadCredentials,
});

builder.objectType(TooManyAttempts, {
  name: 'TooManyAttempts',
  description: 'The account or network exceeds a rate limit.',
  interfaces: [ErrorInterface],
  isTypeOf: error => error instanceof TooManyAttempts,
  fields: t => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'Seconds to wait before the next attempt.',
    }),
  }),
});

builder.objectType(SessionExpired, {
  name: 'SessionExpired',
  description: 'The refresh token is unknown, expired or already used, or its session has ended.',
  interfaces: [ErrorInterface],
  isTypeOf: error => error instanceof SessionExpired,
});

const SignUpInput = builder.inputType('SignUpInput', {
  description: 'The profile and credentials of a new player.',
  fields: t => ({
    firstName: t.string({ required: true, description: '1 to 60 characters.' }),
    lastName: t.string({ required: true, description: '1 to 60 characters.' }),
    email: t.string({ required: true, description: 'At most 254 characters; unique, ignoring case.' }),
    password: t.string({
      required: true,
      description: '8 to 128 characters; neither the e-mail nor one of the most common passwords.',
    }),
    passwordConfirmation: t.string({ required: true, description: 'The same password again.' }),
    city: t.string({ required: true, description: 'City that the player represents; 1 to 80 characters.' }),
    country: t.string({ required: true, description: '1 to 60 characters.' }),
  }),
});

const LogInInput = builder.inputType('LogInInput', {
  description: 'The credentials of a player.',
  fields: t => ({
    email: t.string({ required: true, description: 'E-mail, in any case.' }),
    password: t.string({ required: true, description: 'The password.' }),
  }),
});

const REFRESH_TOKEN_DESCRIPTION = 'Newest refresh token of the session.';

builder.mutationFields(t => ({
  signUp: t.field({
    type: SessionType,
    complexity: PASSWORD_COST,
    description: 'Registers a player and opens a session.',
    errors: { types: [EmailTaken, InvalidInput, TooManyAttempts] },
    args: { input: t.arg({ type: SignUpInput, required: true, description: 'The new player.' }) },
    resolve: async (_root, { input }, context) => {
      const { em, accessTokens, settings, signUpLimit, address } = context;
      const deps = { em, accessTokens, auth: settings.auth, limit: signUpLimit };
      const session = await signUp(deps, input, address);
      setViewer(context, session.player);
      return session;
    },
  }),

  logIn: t.field({
    type: SessionType,
    complexity: PASSWORD_COST,
    description: 'Opens a session. Failed attempts are counted per account and per network for 15 minutes.',
    errors: { types: [BadCredentials, TooManyAttempts] },
    args: { input: t.arg({ type: LogInInput, required: true, description: 'The credentials.' }) },
    resolve: async (_root, { input }, context) => {
      const { em, accessTokens, settings, logInLimits, address } = context;
      const deps = { em, accessTokens, auth: settings.auth, limits: logInLimits };
      const session = await logIn(deps, input, address);
      setViewer(context, session.player);
      return session;
    },
  }),

  refreshSession: t.field({
    type: SessionType,
    description:
      'Exchanges a refresh token for a new access token and a new refresh token. Send no `Authorization` header: the server rejects an expired access token.',
    errors: { types: [SessionExpired] },
    args: { refreshToken: t.arg.string({ required: true, description: REFRESH_TOKEN_DESCRIPTION }) },
    resolve: async (_root, { refreshToken }, context) => {
      const { em, accessTokens, settings } = context;
      const deps = { em, accessTokens, auth: settings.auth };
      const session = await refreshSession(deps, refreshToken);
      setViewer(context, session.player);
      return session;
    },
  }),

  logOut: t.field({
    type: LoggedOut,
    description: 'Ends a session. Its refresh token and its access tokens become invalid.',
    errors: { types: [] },
    args: { refreshToken: t.arg.string({ required: true, description: REFRESH_TOKEN_DESCRIPTION }) },
    resolve: async (_root, { refreshToken }, { em }) => ({ wasOpen: await logOut({ em }, refreshToken) }),
  }),
}));
