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
import { type Context, setViewer } from './context.ts';
import { PASSWORD_COST } from './costs.ts';
import { ErrorInterface } from './errors.ts';
import { ViewerType } from './player.ts';

const SessionType = builder.objectRef<OpenSession>('Session').implement({
  description: 'What logging in gives. Keep both tokens secret.',
  fields: t => ({
    accessToken: t.exposeString('accessToken', {
      description:
        'For the header `Authorization: Bearer …`, or `connectionParams.authorization` over WebSocket.',
    }),
    tokenType: t.string({
      description: 'Always `Bearer` (RFC 6750).',
      resolve: () => 'Bearer',
    }),
    expiresIn: t.exposeInt('expiresInSeconds', {
      description: 'Seconds that the access token lasts from now.',
    }),
    refreshToken: t.exposeString('refreshToken', {
      description: 'Good for one `refreshSession`. Using it twice ends the session, as a stolen one would.',
    }),
    viewer: t.field({
      type: ViewerType,
      description: 'Who has logged in. What the operation asks from here on is answered to them.',
      resolve: ({ player }) => player,
    }),
  }),
});

const LoggedOut = builder.objectRef<{ wasOpen: boolean }>('LoggedOut').implement({
  description: 'The session has ended, and its tokens with it.',
  fields: t => ({
    wasOpen: t.exposeBoolean('wasOpen', { description: 'Whether it had been open until now.' }),
  }),
});

// `isTypeOf` also makes the errors plugin take its wrapping off, under which an error is no instance of its class.
builder.objectType(EmailTaken, {
  name: 'EmailTaken',
  description: 'Somebody has signed up with this e-mail, whatever its case.',
  interfaces: [ErrorInterface],
  isTypeOf: error => error instanceof EmailTaken,
});

builder.objectType(BadCredentials, {
  name: 'BadCredentials',
  description: 'The e-mail is unknown or the password is not its; which of them is not told.',
  interfaces: [ErrorInterface],
  isTypeOf: error => error instanceof BadCredentials,
});

builder.objectType(TooManyAttempts, {
  name: 'TooManyAttempts',
  description: 'This account or this network has done this too often of late.',
  interfaces: [ErrorInterface],
  isTypeOf: error => error instanceof TooManyAttempts,
  fields: t => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', { description: 'How long to wait.' }),
  }),
});

builder.objectType(SessionExpired, {
  name: 'SessionExpired',
  description: 'The refresh token is unknown, too old, already used, or its session was ended.',
  interfaces: [ErrorInterface],
  isTypeOf: error => error instanceof SessionExpired,
});

const SignUpInput = builder.inputType('SignUpInput', {
  description: 'Whoever wants to be a player.',
  fields: t => ({
    firstName: t.string({ required: true, description: '1 to 60 characters.' }),
    lastName: t.string({ required: true, description: '1 to 60 characters.' }),
    email: t.string({ required: true, description: 'At most 254 characters; unique whatever its case.' }),
    password: t.string({
      required: true,
      description: '8 to 128 characters; not the e-mail, nor one of the most common passwords.',
    }),
    passwordConfirmation: t.string({ required: true, description: 'The password again.' }),
    city: t.string({ required: true, description: '1 to 80 characters; the city one plays for.' }),
    country: t.string({ required: true, description: '1 to 60 characters.' }),
  }),
});

const LogInInput = builder.inputType('LogInInput', {
  description: 'What a player logs in with.',
  fields: t => ({
    email: t.string({ required: true, description: 'In any case.' }),
    password: t.string({ required: true, description: 'As at sign-up.' }),
  }),
});

const refreshTokenDescription = 'The newest one of the session.';

builder.mutationFields(t => ({
  signUp: t.field({
    type: SessionType,
    complexity: PASSWORD_COST,
    description: 'Makes somebody a player and logs them in.',
    errors: { types: [EmailTaken, InvalidInput, TooManyAttempts] },
    args: { input: t.arg({ type: SignUpInput, required: true, description: 'Who it is.' }) },
    resolve: (_root, { input }, context) =>
      opened(
        context,
        signUp({ ...sessionDeps(context), limit: context.signUpLimit }, input, context.address),
      ),
  }),

  logIn: t.field({
    type: SessionType,
    complexity: PASSWORD_COST,
    description: 'Opens a session. Failures are counted per account and per network for 15 minutes.',
    errors: { types: [BadCredentials, TooManyAttempts] },
    args: { input: t.arg({ type: LogInInput, required: true, description: 'Who it is.' }) },
    resolve: (_root, { input }, context) =>
      opened(
        context,
        logIn({ ...sessionDeps(context), limits: context.logInLimits }, input, context.address),
      ),
  }),

  refreshSession: t.field({
    type: SessionType,
    description:
      'Exchanges a refresh token for a new access token and the next refresh token. Send it without an `Authorization` header: one that has expired is refused.',
    errors: { types: [SessionExpired] },
    args: { refreshToken: t.arg.string({ required: true, description: refreshTokenDescription }) },
    resolve: (_root, { refreshToken }, context) =>
      opened(context, refreshSession(sessionDeps(context), refreshToken)),
  }),

  logOut: t.field({
    type: LoggedOut,
    description: 'Ends a session: neither its refresh token nor its access tokens count from now on.',
    errors: { types: [] },
    args: { refreshToken: t.arg.string({ required: true, description: refreshTokenDescription }) },
    resolve: async (_root, { refreshToken }, { em }) => ({ wasOpen: await logOut({ em }, refreshToken) }),
  }),
}));

const sessionDeps = ({ em, accessTokens, settings }: Context) => ({ em, accessTokens, auth: settings.auth });

/** Answers from now on as to whoever has logged in, not to whom the request came from. */
async function opened(context: Context, opening: Promise<OpenSession>): Promise<OpenSession> {
  const session = await opening;
  setViewer(context, session.player);
  return session;
}
