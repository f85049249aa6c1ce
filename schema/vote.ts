import {
  type ResolveCursorConnectionArgs as CursorPage,
  resolveCursorConnection,
} from '@pothos/plugin-relay';
import { z } from 'zod';
import { TooManyAttempts } from '../src/players/players.errors.ts';
import type { Video } from '../src/videos/video.entity.ts';
import { castVote, type VoteDeps, type VoteRequest, withdrawVote } from '../src/votes/cast-vote.ts';
import { countVotes, findVotesByVoter } from '../src/votes/find-votes.ts';
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
import { pageCost } from './costs.ts';
import { ErrorInterface } from './errors.ts';
import { encodeId } from './global-ids.ts';
import { checkPage, decodeCursor, encodeCursor, PAGE_SIZES } from './paging.ts';
import { ViewerType } from './player.ts';
import { VideoType } from './video.ts';

const VoteType = builder.objectRef<Vote>('Vote').implement({
  description: 'A vote that counts.',
  fields: t => ({
    video: t.field({
      type: VideoType,
      nullable: true,
      description: 'What it is for; null while it is hidden.',
      resolve: (vote, _arguments, { loaders }) => loaders.videos.load(vote.video.id),
    }),
    videoId: t.id({
      description: 'Global id of what it is for, also while that is hidden: what `withdrawVote` takes.',
      resolve: vote => encodeId('Video', vote.video.id),
    }),
    castAt: t.expose('castAt', { type: 'DateTime', description: 'When it was cast.' }),
  }),
});

builder.objectField(VideoType, 'viewerHasVoted', t =>
  t.boolean({
    description: 'Whether the viewer’s vote for it counts; false for anyone.',
    resolve: (video, _arguments, { viewer, loaders }) => viewer !== null && loaders.voted.load(video.id),
  }),
);

const POSITION = z.object({ id: z.uuid() });

builder.objectFields(ViewerType, t => ({
  votesRemaining: t.int({
    nullable: true,
    description: 'Votes the viewer may still give; null when there is no limit.',
    resolve: async (player, _arguments, { em, settings }) => {
      const limit = settings.contest.maxVotesPerPlayer;
      return limit === null ? null : Math.max(0, limit - (await countVotes(em, player.id)));
    },
  }),
  myVotes: t.connection({
    type: VoteType,
    complexity: pageCost,
    description: 'The votes of the viewer that count, the latest first.',
    resolve: (player, args, { em }) => {
      checkPage(args);
      return resolveCursorConnection(
        { ...PAGE_SIZES, args, toCursor: ({ id }: Vote) => encodeCursor({ id }) },
        ({ after, before, limit, inverted }: CursorPage) =>
          findVotesByVoter(em, player.id, {
            limit,
            after: decodeCursor(after, POSITION)?.id,
            before: decodeCursor(before, POSITION)?.id,
            fromEnd: inverted,
          }),
      );
    },
  }),
}));

builder.objectType(AlreadyVoted, {
  name: 'AlreadyVoted',
  description: 'The viewer’s vote for this video counts already.',
  interfaces: [ErrorInterface],
});
builder.objectType(OwnVideo, {
  name: 'OwnVideo',
  description: 'Nobody votes for an own video.',
  interfaces: [ErrorInterface],
});
builder.objectType(VideoNotPublished, {
  name: 'VideoNotPublished',
  description: 'There is no such video for everybody to see.',
  interfaces: [ErrorInterface],
});
builder.objectType(VotingClosed, {
  name: 'VotingClosed',
  description: 'The voting has not begun, or is over; `contest` says when it is open.',
  interfaces: [ErrorInterface],
});
builder.objectType(VoteLimitReached, {
  name: 'VoteLimitReached',
  description: 'The viewer has given all the votes that a player has.',
  interfaces: [ErrorInterface],
  fields: t => ({ limit: t.exposeInt('limit', { description: 'Votes that a player has.' }) }),
});
builder.objectType(NotVoted, {
  name: 'NotVoted',
  description: 'There is no vote of the viewer for this video to take back.',
  interfaces: [ErrorInterface],
});

/** A vote that was taken back from a video that is no longer for its voter to see. */
class WithdrawnVote {
  readonly rowId: string;

  constructor(rowId: string) {
    this.rowId = rowId;
  }
}

const VoteWithdrawn = builder.objectType(WithdrawnVote, {
  name: 'VoteWithdrawn',
  description: 'The vote no longer counts. Its video is hidden, and not shown to the viewer.',
  isTypeOf: value => value instanceof WithdrawnVote,
  fields: t => ({
    videoId: t.id({
      description: 'Global id of the video.',
      resolve: ({ rowId }) => encodeId('Video', rowId),
    }),
  }),
});

builder.mutationFields(t => ({
  castVote: t.field({
    type: VideoType,
    description: 'Gives the viewer’s one vote to a published video. The count in the answer has it.',
    authScopes: { player: true },
    errors: {
      types: [AlreadyVoted, OwnVideo, VideoNotPublished, VotingClosed, VoteLimitReached, TooManyAttempts],
    },
    args: { videoId: t.arg.globalID({ required: true, for: VideoType, description: 'Its global id.' }) },
    resolve: (_root, { videoId }, context) => vote(castVote, context, videoId.id),
  }),
  withdrawVote: t.errorUnionField({
    types: [VideoType, VoteWithdrawn, NotVoted, VotingClosed, TooManyAttempts],
    description: 'Takes the viewer’s vote back, while the voting is open.',
    authScopes: { player: true },
    args: { videoId: t.arg.globalID({ required: true, for: VideoType, description: 'Its global id.' }) },
    resolve: async (_root, { videoId }, context) =>
      (await vote(withdrawVote, context, videoId.id)) ?? new WithdrawnVote(videoId.id),
  }),
}));

async function vote<Outcome extends Video | null>(
  act: (deps: VoteDeps, request: VoteRequest) => Promise<Outcome>,
  context: Context,
  videoId: string,
): Promise<Outcome> {
  const { em, voteBatcher, voteLimits, settings, address, loaders } = context;
  const voter = requireViewer(context);
  const deps = { em, voteBatcher, limits: voteLimits, rules: settings.contest };
  const video = await act(deps, { voter, videoId, address });
  // An earlier field of the same document may have asked.
  loaders.voted.clear(videoId);
  return video;
}
