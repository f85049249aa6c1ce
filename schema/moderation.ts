import { closeContest } from '../src/moderation/close-contest.ts';
import { hideVideo, restoreVideo } from '../src/moderation/hide-video.ts';
import { requeueVideo } from '../src/moderation/requeue-video.ts';
import { InvalidInput } from '../src/platform/errors.ts';
import { VideoNotFailed, VideoNotFound } from '../src/videos/video.errors.ts';
import { builder } from './builder.ts';
import { ContestType } from './contest.ts';
import { type Context, requireViewer } from './context.ts';
import { ErrorInterface } from './errors.ts';
import { VideoType } from './video.ts';

const QUEUE_BOARD_LINK_SECONDS = 60;

builder.objectType(VideoNotFailed, {
  name: 'VideoNotFailed',
  description: 'Only a failed video can be given another try.',
  interfaces: [ErrorInterface],
});

builder.queryField('queueBoardUrl', t =>
  t.field({
    type: 'URL',
    description: `Opens the queue of videos in a browser. Each link works for ${QUEUE_BOARD_LINK_SECONDS} seconds. Moderators only.`,
    authScopes: { moderator: true },
    resolve: (_root, _arguments, context) => {
      const path = `/operations/queue/enter/${requireViewer(context).playerId}`;
      return context.settings.publicUrl + context.links.sign(path, QUEUE_BOARD_LINK_SECONDS);
    },
  }),
);

builder.mutationFields(t => {
  const args = {
    videoId: t.arg.globalID({ required: true, for: VideoType, description: 'Its global id.' }),
    reason: t.arg.string({ required: true, description: 'For the audit trail; 1 to 500 characters.' }),
  };
  const toAction = (context: Context, { videoId, reason }: { videoId: { id: string }; reason: string }) => ({
    moderatorId: requireViewer(context).playerId,
    videoId: videoId.id,
    reason,
  });
  const toDeps = ({ em, events, settings }: Context) => ({ em, events, rules: settings.contest });
  return {
    hideVideo: t.field({
      type: VideoType,
      description: 'Takes a video out of everybody’s sight, and its votes out of the ranking.',
      authScopes: { moderator: true },
      errors: { types: [VideoNotFound, InvalidInput] },
      args: {
        ...args,
        reason: t.arg.string({
          required: true,
          description: 'For the audit trail and for the owner, who is shown it; 1 to 500 characters.',
        }),
      },
      resolve: (_root, input, context) => hideVideo(toDeps(context), toAction(context, input)),
    }),
    restoreVideo: t.field({
      type: VideoType,
      description: 'Shows a hidden video again; its votes count again.',
      authScopes: { moderator: true },
      errors: { types: [VideoNotFound, InvalidInput] },
      args,
      resolve: (_root, input, context) => restoreVideo(toDeps(context), toAction(context, input)),
    }),
    requeueVideo: t.field({
      type: VideoType,
      description: 'Gives a failed video a new set of attempts.',
      authScopes: { moderator: true },
      errors: { types: [VideoNotFound, VideoNotFailed, InvalidInput] },
      args,
      resolve: (_root, input, context) => {
        const { em, events, jobs, settings } = context;
        const { maxAttempts } = settings.processing;
        return requeueVideo({ em, events, jobs, maxAttempts }, toAction(context, input));
      },
    }),
  };
});

builder.mutationField('closeContest', t =>
  t.field({
    type: ContestType,
    description: 'Ends the voting now, for good, and certifies the winners. Moderators only.',
    authScopes: { moderator: true },
    errors: { types: [InvalidInput] },
    args: {
      reason: t.arg.string({ required: true, description: 'For the audit trail; 1 to 500 characters.' }),
    },
    resolve: (_root, { reason }, context) =>
      closeContest(
        { em: context.em, rules: context.settings.contest },
        { moderatorId: requireViewer(context).playerId, reason },
      ),
  }),
);
