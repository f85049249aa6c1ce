import { findResults } from '../src/contest/find-results.ts';
import type { DECISIONS, Result } from '../src/contest/result.entity.ts';
import { readVotingWindow, type VotingWindow } from '../src/contest/voting-window.ts';
import { builder } from './builder.ts';
import { LONGEST_LIST_COST } from './costs.ts';
import { PlayerType } from './player.ts';

const VotingPhase = builder.enumType('VotingPhase', {
  description: 'A phase of the voting.',
  values: {
    NOT_YET_OPEN: { description: 'Voting has not opened.' },
    OPEN: { description: 'Voting is open.' },
    CLOSED: { description: 'Voting is closed permanently.' },
  } satisfies Record<VotingWindow['phase'], unknown>,
});

export const ContestType = builder.objectRef<VotingWindow>('Contest').implement({
  description: 'The rules of the contest.',
  fields: t => ({
    phase: t.field({
      type: VotingPhase,
      description: 'Current phase of the voting.',
      resolve: ({ phase }) => phase,
    }),
    votingOpensAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When voting opens: earlier votes do not count. Null when voting was always open.',
      resolve: ({ opensAt }) => opensAt,
    }),
    votingClosesAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When voting closes: later votes do not count. Null while no end is set.',
      resolve: ({ closesAt }) => closesAt,
    }),
    maxVotesPerPlayer: t.int({
      nullable: true,
      description: 'Maximum number of votes per player; null without a limit.',
      resolve: (_window, _arguments, { settings }) => settings.contest.maxVotesPerPlayer,
    }),
    winnersPerCity: t.int({
      description: 'Number of winners per city.',
      resolve: (_window, _arguments, { settings }) => settings.contest.winnersPerCity,
    }),
    maxUploadBytes: t.float({
      description: 'Maximum size of a video file, in bytes.',
      resolve: (_window, _arguments, { settings }) => settings.media.maxUploadBytes,
    }),
    minSourceSeconds: t.int({
      description: 'Minimum duration of a video, in seconds.',
      resolve: (_window, _arguments, { settings }) => settings.media.minSourceSeconds,
    }),
    maxSourceSeconds: t.int({
      description: 'Maximum duration of a video, in seconds.',
      resolve: (_window, _arguments, { settings }) => settings.media.maxSourceSeconds,
    }),
    minSourceHeight: t.int({
      description: 'Minimum length of the shorter side of a video, in pixels.',
      resolve: (_window, _arguments, { settings }) => settings.media.minSourceHeight,
    }),
    clipSeconds: t.int({
      description: 'Seconds of a video that its clip keeps, counted from the start.',
      resolve: (_window, _arguments, { settings }) => settings.media.clipSeconds,
    }),
  }),
});

const DecidedBy = builder.enumType('DecidedBy', {
  description: 'The criterion that ranks a winner above the next player of the city.',
  values: {
    ONLY_CANDIDATE: { description: 'The city has no next player with a vote.' },
    MORE_VOTES: { description: 'The winner has more votes.' },
    REACHED_FIRST: { description: 'Both players have equal votes; the winner reached them earlier.' },
    LOWER_ID: {
      description: 'Both players reached equal votes in the same microsecond; the winner has the lower id.',
    },
  } satisfies Record<(typeof DECISIONS)[number], unknown>,
});

const Winner = builder.objectRef<Result>('Winner').implement({
  description: 'A winner of the contest, as certified after the voting.',
  fields: t => ({
    city: t.exposeString('city', {
      description: 'City of the player at certification, as the player spelled it.',
    }),
    position: t.exposeInt('position', { description: 'Position within the city, starting at 1.' }),
    votes: t.exposeInt('votes', { description: 'Number of votes at the end of the voting.' }),
    reachedAt: t.expose('reachedAt', {
      type: 'DateTime',
      description: 'When the player reached this number of votes.',
    }),
    decidedBy: t.field({
      type: DecidedBy,
      description: 'The criterion that ranks this player above the next one.',
      resolve: ({ decidedBy }) => decidedBy,
    }),
    player: t.field({
      type: PlayerType,
      description: 'The winning player.',
      resolve: async (result, _arguments, { loaders }) => {
        const player = await loaders.players.load(result.player.id);
        if (player === null) throw new Error(`Winner ${result.player.id} does not exist`);
        return player;
      },
    }),
    certifiedAt: t.expose('certifiedAt', {
      type: 'DateTime',
      description: 'When the result was certified. A certified result never changes.',
    }),
  }),
});

builder.queryFields(t => ({
  contest: t.field({
    type: ContestType,
    description: 'The rules of the contest.',
    resolve: (_root, _arguments, { em, settings }) => readVotingWindow({ em, rules: settings.contest }),
  }),
  results: t.field({
    type: [Winner],
    complexity: LONGEST_LIST_COST,
    nullable: true,
    description: 'The winners of all cities, by city and position; null until voting is over.',
    resolve: (_root, _arguments, { em, settings }) => findResults({ em, rules: settings.contest }),
  }),
}));
