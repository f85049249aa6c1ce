import { InvalidInput } from '../src/platform/errors.ts';
import { deleteVideo } from '../src/videos/delete-video.ts';
import { submitVideo } from '../src/videos/uploads/submit-video.ts';
import { isPublished, Video } from '../src/videos/video.entity.ts';
import {
  FileTooLarge,
  IdempotencyKeyReused,
  UnsupportedFile,
  VideoIsPublished,
  VideoNotFound,
} from '../src/videos/video.errors.ts';
import type { FailureReason, VideoStatus } from '../src/videos/video.status.ts';
import { mayInspect } from '../src/videos/visibility.ts';
import { builder } from './builder.ts';
import { requireViewer } from './context.ts';
import { ErrorInterface } from './errors.ts';
import { encodeId } from './global-ids.ts';
import { toFailureMessage } from './messages.ts';
import { PlayerType } from './player.ts';

export const VideoStatusEnum = builder.enumType('VideoStatus', {
  description: 'Where a video stands: UPLOADED, then PROCESSING, then PROCESSED or FAILED.',
  values: {
    UPLOADED: { description: 'Its file is safely stored and waits for a worker.' },
    PROCESSING: { description: 'A worker makes its clip.' },
    PROCESSED: { description: 'Its clip is finished; published unless a moderator hides it.' },
    FAILED: { description: 'There will be no clip; `failure` says why.' },
  } satisfies Record<VideoStatus, unknown>,
});

export const FailureReasonEnum = builder.enumType('FailureReason', {
  description: 'Why a video failed. All but INTERNAL are the fault of the file.',
  values: {
    NOT_A_VIDEO: { description: 'There is no picture that moves.' },
    UNSUPPORTED_FORMAT: { description: 'It is coded in a way that the contest does not take.' },
    TOO_SHORT: { description: 'Shorter than `Contest.minSourceSeconds`.' },
    TOO_LONG: { description: 'Longer than `Contest.maxSourceSeconds`.' },
    RESOLUTION_TOO_LOW: { description: 'Its shorter side has fewer pixels than `Contest.minSourceHeight`.' },
    CORRUPT: { description: 'It is damaged, or ends too early.' },
    TIMED_OUT: { description: 'It takes too long to process.' },
    INTERNAL: { description: 'The fault is ours; a moderator can have it tried again.' },
  } satisfies Record<FailureReason, unknown>,
});

export const VideoFailureType = builder.objectRef<FailedVideo>('VideoFailure').implement({
  description: 'What went wrong with a video, and what its player can do about it.',
  fields: t => ({
    reason: t.field({
      type: FailureReasonEnum,
      description: 'For a program.',
      resolve: video => video.failureReason,
    }),
    message: t.string({
      description: 'For the player, in Spanish or English by `Accept-Language`.',
      resolve: ({ failureReason }, _arguments, { settings, language }) =>
        toFailureMessage(failureReason, settings.media, language),
    }),
  }),
});

type FailedVideo = Video & { failureReason: NonNullable<Video['failureReason']> };
export const hasFailed = (video: Video): video is FailedVideo =>
  video.status === 'FAILED' && video.failureReason != null;

export const VideoType = builder.node(builder.objectRef<Video>('Video'), {
  description: 'A skill video: what its player uploaded, and the clip made from it.',
  id: { description: 'Global id.', resolve: video => video.id },
  // Pothos marks what it loads with its type, but too late for a second field that asks for the same id.
  isTypeOf: value => value instanceof Video,
  loadMany: (ids, { loaders }) => ids.map(id => loaders.videos.load(id)),
  fields: t => ({
    title: t.exposeString('title', { description: 'In the words of its player.' }),
    player: t.field({
      type: PlayerType,
      description: 'Whose it is.',
      resolve: async (video, _arguments, { loaders }) => {
        const player = await loaders.players.load(video.player.id);
        if (player === null) throw new Error(`The player of video ${video.id} is missing`);
        return player;
      },
    }),
    status: t.expose('status', { type: VideoStatusEnum, description: 'Where it stands.' }),
    failure: t.field({
      type: VideoFailureType,
      nullable: true,
      description: 'Why it failed; null unless it did.',
      resolve: video => (hasFailed(video) ? video : null),
    }),
    uploadedAt: t.expose('uploadedAt', { type: 'DateTime', description: 'When its file was safely stored.' }),
    processedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its clip was finished; null until then.',
      resolve: video => video.processedAt ?? null,
    }),
    votes: t.exposeInt('votes', { description: 'Votes it has now.' }),
    durationSeconds: t.float({
      nullable: true,
      description: 'Length of the clip, bumpers included; null until it is finished.',
      resolve: video => video.durationSeconds ?? null,
    }),
    processedUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'The clip: MP4, 1280x720, 30 frames a second, no sound. Null unless published.',
      resolve: (video, _arguments, { settings }) =>
        isPublished(video) ? `${settings.publicUrl}/media/${video.id}/clip.mp4` : null,
    }),
    posterUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'A JPEG still of the clip. Null unless published.',
      resolve: (video, _arguments, { settings }) =>
        isPublished(video) ? `${settings.publicUrl}/media/${video.id}/poster.jpg` : null,
    }),
    previewUrl: t.field({
      type: 'URL',
      nullable: true,
      description:
        'A few seconds of the clip as a small animated WebP, for lists. Null unless published, and for clips older than previews.',
      resolve: (video, _arguments, { settings }) =>
        isPublished(video) && video.previewKey
          ? `${settings.publicUrl}/media/${video.id}/preview.webp`
          : null,
    }),
    storyboardUrl: t.field({
      type: 'URL',
      nullable: true,
      description:
        'WebVTT whose cues name the picture of each second of the clip, tiles of one JPEG, for a player’s seek bar. Null unless published, and for clips older than storyboards.',
      resolve: (video, _arguments, { settings }) =>
        isPublished(video) && video.storyboardCuesKey
          ? `${settings.publicUrl}/media/${video.id}/storyboard.vtt`
          : null,
    }),
    hidden: t.boolean({
      description: 'Whether a moderator has hidden it. Only its owner and moderators ever see a hidden one.',
      resolve: ({ hiddenAt }) => hiddenAt != null,
    }),
    hiddenReason: t.string({
      nullable: true,
      description:
        'Why a moderator has hidden it, in the moderator’s words; null unless hidden, and to anybody but its owner and moderators.',
      resolve: (video, _arguments, { viewer, loaders }) =>
        video.hiddenAt != null && mayInspect(viewer, video) ? loaders.hideReasons.load(video.id) : null,
    }),
    originalUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'A short-lived link to the uploaded file; null to anybody but its owner and moderators.',
      resolve: (video, _arguments, { viewer, links, settings }) =>
        mayInspect(viewer, video)
          ? settings.publicUrl + links.sign(`/media/${video.id}/original`, settings.media.originalLinkSeconds)
          : null,
    }),
  }),
});

builder.queryField('video', t =>
  t.field({
    type: VideoType,
    nullable: true,
    description: 'One video; null when it does not exist or is not for this viewer.',
    args: { id: t.arg.globalID({ required: true, for: VideoType, description: 'Its global id.' }) },
    resolve: (_root, { id }, { loaders }) => loaders.videos.load(id.id),
  }),
);

builder.objectType(FileTooLarge, {
  name: 'FileTooLarge',
  description: 'The file is larger than the contest allows.',
  interfaces: [ErrorInterface],
  fields: t => ({
    limitBytes: t.exposeFloat('limitBytes', { description: 'Largest file allowed, in bytes.' }),
  }),
});
builder.objectType(UnsupportedFile, {
  name: 'UnsupportedFile',
  description: 'The content of the file is neither MP4 nor QuickTime, whatever its name says.',
  interfaces: [ErrorInterface],
});
builder.objectType(IdempotencyKeyReused, {
  name: 'IdempotencyKeyReused',
  description: 'The same idempotency key came before with another title or another file.',
  interfaces: [ErrorInterface],
});
builder.objectType(VideoNotFound, {
  name: 'VideoNotFound',
  description: 'There is no such video, or it is not this viewer’s.',
  interfaces: [ErrorInterface],
});
builder.objectType(VideoIsPublished, {
  name: 'VideoIsPublished',
  description: 'Published videos stay: people may have voted for them.',
  interfaces: [ErrorInterface],
});

const UploadVideoInput = builder.inputType('UploadVideoInput', {
  description: 'A video for the contest.',
  fields: t => ({
    title: t.string({ required: true, description: '1 to 120 characters.' }),
    file: t.field({
      type: 'Upload',
      required: true,
      description: 'MP4 or QuickTime, sent as the GraphQL multipart request specification says.',
    }),
    idempotencyKey: t.string({
      description:
        'Names this upload: sent again with the same key, it answers with the first video. At most 200 characters.',
    }),
  }),
});

const DeletedVideo = builder.objectRef<{ videoId: string }>('DeletedVideo').implement({
  description: 'The video and its files are gone.',
  fields: t => ({ videoId: t.exposeID('videoId', { description: 'Global id that it had.' }) }),
});

builder.mutationFields(t => ({
  uploadVideo: t.field({
    type: VideoType,
    description: 'Takes in a video. Answers as soon as it is safely stored; follow it with `videoStatus`.',
    authScopes: { player: true },
    errors: { types: [FileTooLarge, UnsupportedFile, IdempotencyKeyReused, InvalidInput] },
    args: { input: t.arg({ type: UploadVideoInput, required: true, description: 'The video.' }) },
    resolve: async (_root, { input }, context) =>
      submitVideo(
        { ...context.settings, ...context },
        {
          playerId: requireViewer(context).playerId,
          title: input.title,
          file: (await input.file).createReadStream(),
          idempotencyKey: input.idempotencyKey ?? null,
          requestId: context.requestId,
        },
      ),
  }),
  deleteVideo: t.field({
    type: DeletedVideo,
    description: 'Removes an own video that is not published, whatever it is doing.',
    authScopes: { player: true },
    errors: { types: [VideoNotFound, VideoIsPublished] },
    args: { videoId: t.arg.globalID({ required: true, for: VideoType, description: 'Its global id.' }) },
    resolve: async (_root, { videoId }, context) => {
      await deleteVideo(context, requireViewer(context).playerId, videoId.id);
      return { videoId: encodeId('Video', videoId.id) };
    },
  }),
}));
