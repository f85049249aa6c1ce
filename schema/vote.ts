import {
  type ResolveCursorConnectionArgs as CursorPage,
  resolveCursorConnection,
} from '@pothos/plugin-relay';
import { z } from 'zod';
import { TooManyAttempts } from '../src/players/players.errors.ts';
import { castVote, type VoteDeps, withdrawVote } from '../src/votes/cast-vote.ts';
import { countRemainingVotes } from '../src/votes/count-remaining-votes.ts';
import { findVotesByVoter } from '../src/votes/find-votes.ts';
import type { Vote } from '../src/votes/vote.entity.ts';
import {
  AlreadyVoted,
  NotVoted,
  OwnVideo,
  VideoNotPublished,
  VoteLimitReached,
  VotingClosed,
} from '../src/votes/vote.errors.ts';
import { builder } from './builder.ts';
import { type Context, requireViewer } from './context.ts';
import { getPageCost } from './costs.ts';
import { ErrorInterface } from './errors.ts';
import { encodeId } from './global-ids.ts';
import { checkPage, decodeCursor, encodeCursor, PAGE_SIZES } from './paging.ts';
import { ViewerType } from './player.ts';
import { VideoType } from './video.ts';

const VoteType = builder.objectRef<Vote>('Vote').implement({
  description: 'A counted vote.',
  fields: t => ({
    video: t.field({
      type: VideoType,
      nullable: true,
      description: 'The video; null while it is hidden.',
      resolve: (vote, _arguments, { loaders }) => loaders.videos.load(vote.video.id),
    }),
    videoId: t.id({
      description: 'Global id of the video, also while the video is hidden; for `withdrawVote`.',
      resolve: vote => encodeId('Video', vote.video.id),
    }),
    castAt: t.expose('castAt', { type: 'DateTime', description: 'When the vote was cast.' }),
  }),
});

builder.objectField(VideoType, 'viewerHasVoted', t =>
  t.boolean({
    description: 'Whether the viewer has voted for the video; false without a viewer.',
    resolve: (video, _arguments, { viewer, loaders }) => viewer !== null && loaders.voted.load(video.id),
  }),
);

const VOTE_CURSOR = z.object({ id: z.uuid() });

builder.objectFields(ViewerType, t => ({
  votesRemaining: t.int({
    nullable: true,
    description: 'Number of votes that the viewer may still cast; null without a limit.',
    resolve: (player, _arguments, { em, settings }) =>
      countRemainingVotes({ em, rules: settings.contest }, player.id),
  }),
  myVotes: t.connection({
    type: VoteType,
    complexity: getPageCost,
    description: 'The viewer’s counted votes, newest first.',
    resolve: (player, args, { em }) => {
      checkPage(args);
      return resolveCursorConnection(
        { ...PAGE_SIZES, args, toCursor: ({ id }: Vote) => encodeCursor({ id }) },
        ({ after, before, limit, inverted }: CursorPage) =>
          findVotesByVoter(em, player.id, {
            limit,
            after: decodeCursor(after, VOTE_CURSOR)?.id,
            before: decodeCursor(before, VOTE_CURSOR)?.id,
            fromEnd: inverted,
          }),
      );
    },
  }),
}));

builder.objectType(AlreadyVoted, {
  name: 'AlreadyVoted',
  description: 'The viewer has already voted for the video.',
  interfaces: [ErrorInterface],
});
builder.objectType(OwnVideo, {
  name: 'OwnVideo',
  description: 'Players cannot vote for their own videos.',
  interfaces: [ErrorInterface],
});
builder.objectType(VideoNotPublished, {
  name: 'VideoNotPublished',
  description: 'The video does not exist or is not published.',
  interfaces: [ErrorInterface],
});
builder.objectType(VotingClosed, {
  name: 'VotingClosed',
  description: 'Voting is not open. `contest` has its start and end.',
  interfaces: [ErrorInterface],
});
builder.objectType(VoteLimitReached, {
  name: 'VoteLimitReached',
  description: 'The viewer has cast the maximum number of votes.',
  interfaces: [ErrorInterface],
  fields: t => ({ limit: t.exposeInt('limit', { description: 'Maximum number of votes per player.' }) }),
});
builder.objectType(NotVoted, {
  name: 'NotVoted',
  description: 'The viewer has no vote for the video to withdraw.',
  interfaces: [ErrorInterface],
});

/** A withdrawn vote for a video that its voter may no longer see. */
class WithdrawnVote {
  readonly videoId: string;

  constructor(videoId: string) {
    this.videoId = videoId;
  }
}

const VoteWithdrawn = builder.objectType(WithdrawnVote, {
  name: 'VoteWithdrawn',
  description: 'The vote no longer counts. Its video is hidden from the viewer.',
  isTypeOf: value => value instanceof WithdrawnVote,
  fields: t => ({
    videoId: t.id({
      description: 'Global id of the video.',
      resolve: ({ videoId }) => encodeId('Video', videoId),
    }),
  }),
});

builder.mutationFields(t => ({
  castVote: t.field({
    type: VideoType,
    description: 'Casts the viewer’s vote for a published video. The returned count includes the vote.',
    authScopes: { player: true },
    errors: {
      types: [AlreadyVoted, OwnVideo, VideoNotPublished, VotingClosed, VoteLimitReached, TooManyAttempts],
    },
    args: {
      videoId: t.arg.globalID({ required: true, for: VideoType, description: 'Global id of the video.' }),
    },
    resolve: async (_root, { videoId: { id: videoId } }, context) => {
      const { address, loaders } = context;
      const video = await castVote(toVoteDeps(context), { voter: requireViewer(context), videoId, address });
      // An earlier field of the same document may have loaded the old value.
      loaders.voted.clear(videoId);
      return video;
    },
  }),
  withdrawVote: t.errorUnionField({
    types: [VideoType, VoteWithdrawn, NotVoted, VotingClosed, TooManyAttempts],
    description: 'Withdraws the viewer’s vote for a video, while voting is open.',
    authScopes: { player: true },
    args: {
      videoId: t.arg.globalID({ required: true, for: VideoType, description: 'Global id of the video.' }),
    },
    resolve: async (_root, { videoId: { id: videoId } }, context) => {
      const { address, loaders } = context;
      const video = await withdrawVote(toVoteDeps(context), {
        voter: requireViewer(context),
        videoId,
        address,
      });
      loaders.voted.clear(videoId);
      return video ?? new WithdrawnVote(videoId);
    },
  }),
}));

function toVoteDeps({ em, voteBatcher, voteLimits, settings }: Context): VoteDeps {
  return { em, voteBatcher, limits: voteLimits, rules: settings.contest };
}
