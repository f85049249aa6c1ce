import { closeContest } from '../src/moderation/close-contest.ts';
import { hideVideo, restoreVideo } from '../src/moderation/hide-video.ts';
import { QUEUE_LINK_SECONDS, signQueueLink } from '../src/moderation/queue-dashboard-links.ts';
import { requeueVideo } from '../src/moderation/requeue-video.ts';
import { InvalidInput } from '../src/platform/errors.ts';
import { VideoNotFailed, VideoNotFound } from '../src/videos/video.errors.ts';
import { builder } from './builder.ts';
import { ContestType } from './contest.ts';
import { type Context, requireViewer } from './context.ts';
import { ErrorInterface } from './errors.ts';
import { VideoType } from './video.ts';

builder.objectType(VideoNotFailed, {
  name: 'VideoNotFailed',
  description: 'Only failed videos can be requeued.',
  interfaces: [ErrorInterface],
});

builder.queryField('queueBoardUrl', t =>
  t.field({
    type: 'URL',
    description: `URL that opens the queue dashboard in a browser, valid for ${QUEUE_LINK_SECONDS.enter} seconds. Moderators only.`,
    authScopes: { moderator: true },
    resolve: (_root, _arguments, context) =>
      context.settings.publicUrl + signQueueLink(context.links, 'enter', requireViewer(context).playerId),
  }),
);

builder.mutationFields(t => {
  const args = {
    videoId: t.arg.globalID({ required: true, for: VideoType, description: 'Global id of the video.' }),
    reason: t.arg.string({ required: true, description: 'Reason for the audit trail; 1 to 500 characters.' }),
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
      description: 'Hides a video, and removes its votes from the ranking. Moderators only.',
      authScopes: { moderator: true },
      errors: { types: [VideoNotFound, InvalidInput] },
      args: {
        ...args,
        reason: t.arg.string({
          required: true,
          description: 'Reason for the audit trail, also shown to the owner; 1 to 500 characters.',
        }),
      },
      resolve: (_root, input, context) => hideVideo(toDeps(context), toAction(context, input)),
    }),
    restoreVideo: t.field({
      type: VideoType,
      description: 'Restores a hidden video and its votes. Moderators only.',
      authScopes: { moderator: true },
      errors: { types: [VideoNotFound, InvalidInput] },
      args,
      resolve: (_root, input, context) => restoreVideo(toDeps(context), toAction(context, input)),
    }),
    requeueVideo: t.field({
      type: VideoType,
      description: 'Processes a failed video again, with a new set of attempts. Moderators only.',
      authScopes: { moderator: true },
      errors: { types: [VideoNotFound, VideoNotFailed, InvalidInput] },
      args,
      resolve: (_root, input, context) => {
        const { em, events, jobs, settings } = context;
        const { processing } = settings;
        return requeueVideo({ em, events, jobs, processing }, toAction(context, input));
      },
    }),
  };
});

builder.mutationField('closeContest', t =>
  t.field({
    type: ContestType,
    description: 'Ends the voting immediately and permanently, and certifies the winners. Moderators only.',
    authScopes: { moderator: true },
    errors: { types: [InvalidInput] },
    args: {
      reason: t.arg.string({
        required: true,
        description: 'Reason for the audit trail; 1 to 500 characters.',
      }),
    },
    resolve: (_root, { reason }, context) =>
      closeContest(
        { em: context.em, rules: context.settings.contest },
        { moderatorId: requireViewer(context).playerId, reason },
      ),
  }),
);
