import type { DECISIONS, Result } from '../src/contest/result.entity.ts';
import { findResults } from '../src/contest/results.ts';
import { readVotingWindow, type VotingWindow } from '../src/contest/voting-window.ts';
import { builder } from './builder.ts';
import { LONGEST_LIST_COST } from './costs.ts';
import { PlayerType } from './player.ts';

const VotingPhase = builder.enumType('VotingPhase', {
  description: 'Whether votes count.',
  values: {
    NOT_YET_OPEN: { description: 'Before it begins.' },
    OPEN: { description: 'Votes count.' },
    CLOSED: { description: 'It is over, for good.' },
  } satisfies Record<VotingWindow['phase'], unknown>,
});

export const ContestType = builder.objectRef<VotingWindow>('Contest').implement({
  description: 'The rules of the contest, as clients need them before they ask.',
  fields: t => ({
    phase: t.field({
      type: VotingPhase,
      description: 'Whether votes count now.',
      resolve: ({ phase }) => phase,
    }),
    votingOpensAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'First moment at which votes count; null when they always have.',
      resolve: ({ opensAt }) => opensAt,
    }),
    votingClosesAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Moment from which votes no longer count; null while none is set.',
      resolve: ({ closesAt }) => closesAt,
    }),
    maxVotesPerPlayer: t.int({
      nullable: true,
      description: 'Votes that a player has; null when there is no limit.',
      resolve: (_window, _arguments, { settings }) => settings.contest.maxVotesPerPlayer,
    }),
    winnersPerCity: t.int({
      description: 'Players called up from each city.',
      resolve: (_window, _arguments, { settings }) => settings.contest.winnersPerCity,
    }),
    maxUploadBytes: t.float({
      description: 'Largest video file, in bytes.',
      resolve: (_window, _arguments, { settings }) => settings.media.maxUploadBytes,
    }),
    minSourceSeconds: t.int({
      description: 'Shortest video.',
      resolve: (_window, _arguments, { settings }) => settings.media.minSourceSeconds,
    }),
    maxSourceSeconds: t.int({
      description: 'Longest video.',
      resolve: (_window, _arguments, { settings }) => settings.media.maxSourceSeconds,
    }),
    minSourceHeight: t.int({
      description: 'Least pixels of the shorter side of the picture.',
      resolve: (_window, _arguments, { settings }) => settings.media.minSourceHeight,
    }),
    clipSeconds: t.int({
      description: 'How much of a video the clip keeps, from its start.',
      resolve: (_window, _arguments, { settings }) => settings.media.clipSeconds,
    }),
  }),
});

const DecidedBy = builder.enumType('DecidedBy', {
  description: 'What put a winner before the next player of the city.',
  values: {
    ONLY_CANDIDATE: { description: 'There is no next player with a vote.' },
    MORE_VOTES: { description: 'More votes.' },
    REACHED_FIRST: { description: 'Equal votes, reached earlier.' },
    LOWER_ID: { description: 'Equal votes, reached at the same microsecond; the lower id.' },
  } satisfies Record<(typeof DECISIONS)[number], unknown>,
});

const Winner = builder.objectRef<Result>('Winner').implement({
  description: 'A player who is called up, as certified once the voting was over.',
  fields: t => ({
    city: t.exposeString('city', { description: 'As the player spelled it then.' }),
    position: t.exposeInt('position', { description: 'Within the city, from 1.' }),
    votes: t.exposeInt('votes', { description: 'At the end of the voting.' }),
    reachedAt: t.expose('reachedAt', { type: 'DateTime', description: 'When that total was reached.' }),
    decidedBy: t.field({
      type: DecidedBy,
      description: 'What put this player before the next one.',
      resolve: ({ decidedBy }) => decidedBy,
    }),
    player: t.field({
      type: PlayerType,
      description: 'Who it is.',
      resolve: async (result, _arguments, { loaders }) => {
        const player = await loaders.players.load(result.player.id);
        if (player === null) throw new Error(`Winner ${result.player.id} does not exist`);
        return player;
      },
    }),
    certifiedAt: t.expose('certifiedAt', { type: 'DateTime', description: 'From then on it stands.' }),
  }),
});

builder.queryFields(t => ({
  contest: t.field({
    type: ContestType,
    description: 'The rules of the contest.',
    resolve: (_root, _arguments, { em, settings }) => readVotingWindow(em, settings.contest),
  }),
  results: t.field({
    type: [Winner],
    complexity: LONGEST_LIST_COST,
    nullable: true,
    description: 'The winners of every city, by city and position; null until the voting is over.',
    resolve: (_root, _arguments, { em, settings }) => findResults(em, settings.contest),
  }),
}));
