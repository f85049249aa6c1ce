import { deleteVideo } from '../src/videos/delete-video.ts';
import { findMediaUrl, findOriginalUrl } from '../src/videos/files/media-urls.ts';
import { Video } from '../src/videos/video.entity.ts';
import { VideoIsPublished, VideoNotFound } from '../src/videos/video.errors.ts';
import type { FailureReason, VideoStatus } from '../src/videos/video.status.ts';
import { mayReadHideReason } from '../src/videos/visibility.ts';
import { builder } from './builder.ts';
import { requireViewer } from './context.ts';
import { ErrorInterface } from './errors.ts';
import { encodeId } from './global-ids.ts';
import { toFailureMessage } from './messages.ts';
import { PlayerType } from './player.ts';

export const VideoStatusEnum = builder.enumType('VideoStatus', {
  description: 'The status of a video: UPLOADED, then PROCESSING, then PROCESSED or FAILED.',
  values: {
    UPLOADED: { description: 'The file is durably stored and waits for a worker.' },
    PROCESSING: { description: 'A worker makes the clip.' },
    PROCESSED: { description: 'The clip is finished. The video is published unless a moderator hides it.' },
    FAILED: { description: 'The video has no clip; `failure` has the reason.' },
  } satisfies Record<VideoStatus, unknown>,
});

export const FailureReasonEnum = builder.enumType('FailureReason', {
  description: 'Why a video failed. Every reason except INTERNAL is a fault of the file.',
  values: {
    NOT_A_VIDEO: { description: 'The file has no video stream.' },
    UNSUPPORTED_FORMAT: { description: 'The contest does not support the codec of the file.' },
    TOO_SHORT: { description: 'The video is shorter than `Contest.minSourceSeconds`.' },
    TOO_LONG: { description: 'The video is longer than `Contest.maxSourceSeconds`.' },
    RESOLUTION_TOO_LOW: { description: 'The shorter side has fewer pixels than `Contest.minSourceHeight`.' },
    CORRUPT: { description: 'The file is damaged or truncated.' },
    TIMED_OUT: { description: 'The video takes too long to process.' },
    INTERNAL: { description: 'The server failed. A moderator can requeue the video.' },
  } satisfies Record<FailureReason, unknown>,
});

export const VideoFailureType = builder.objectRef<FailedVideo>('VideoFailure').implement({
  description: 'Why a video failed, and advice for its player.',
  fields: t => ({
    reason: t.field({
      type: FailureReasonEnum,
      description: 'Reason, for programs.',
      resolve: video => video.failureReason,
    }),
    message: t.string({
      description: 'Reason and advice for the player, in Spanish or English by `Accept-Language`.',
      resolve: ({ failureReason }, _arguments, { settings, language }) =>
        toFailureMessage(failureReason, settings.media, language),
    }),
  }),
});

type FailedVideo = Video & { failureReason: NonNullable<Video['failureReason']> };
export const hasFailed = (video: Video): video is FailedVideo =>
  video.status === 'FAILED' && video.failureReason != null;

export const VideoType = builder.node(builder.objectRef<Video>('Video'), {
  description: 'A skill video: the file that its player uploaded, and the clip made from it.',
  id: { description: 'Global id.', resolve: video => video.id },
  // Needed because Pothos sets the type of a loaded object too late for a second field with the same id.
  isTypeOf: value => value instanceof Video,
  loadMany: (ids, { loaders }) => ids.map(id => loaders.videos.load(id)),
  fields: t => ({
    title: t.exposeString('title', { description: 'Title chosen by the player.' }),
    player: t.field({
      type: PlayerType,
      description: 'The player who uploaded the video.',
      resolve: async (video, _arguments, { loaders }) => {
        const player = await loaders.players.load(video.player.id);
        if (player === null) throw new Error(`The player of video ${video.id} is missing`);
        return player;
      },
    }),
    status: t.expose('status', { type: VideoStatusEnum, description: 'Status of the video.' }),
    failure: t.field({
      type: VideoFailureType,
      nullable: true,
      description: 'Why the video failed; null unless it failed.',
      resolve: video => (hasFailed(video) ? video : null),
    }),
    uploadedAt: t.expose('uploadedAt', {
      type: 'DateTime',
      description: 'When the file was durably stored.',
    }),
    processedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the clip was finished; null until then.',
      resolve: video => video.processedAt ?? null,
    }),
    votes: t.exposeInt('votes', { description: 'Current number of votes.' }),
    durationSeconds: t.float({
      nullable: true,
      description: 'Duration of the clip including its bumpers, in seconds; null until the clip is finished.',
      resolve: video => video.durationSeconds ?? null,
    }),
    processedUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'URL of the clip: MP4, 1280x720, 30 frames per second, no sound. Null unless published.',
      resolve: (video, _arguments, { settings }) => findMediaUrl(settings.publicUrl, video, 'clip.mp4'),
    }),
    posterUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'URL of a JPEG still of the clip. Null unless published.',
      resolve: (video, _arguments, { settings }) => findMediaUrl(settings.publicUrl, video, 'poster.jpg'),
    }),
    previewUrl: t.field({
      type: 'URL',
      nullable: true,
      description:
        'URL of a few seconds of the clip as a small animated WebP, for lists. Null unless published; also null for clips older than previews.',
      resolve: (video, _arguments, { settings }) => findMediaUrl(settings.publicUrl, video, 'preview.webp'),
    }),
    storyboardUrl: t.field({
      type: 'URL',
      nullable: true,
      description:
        'URL of WebVTT cues for a seek bar. Each second of the clip maps to a tile of one JPEG. Null unless published; also null for clips older than storyboards.',
      resolve: (video, _arguments, { settings }) => findMediaUrl(settings.publicUrl, video, 'storyboard.vtt'),
    }),
    hidden: t.boolean({
      description:
        'Whether a moderator has hidden the video. Only the owner and moderators see hidden videos.',
      resolve: ({ hiddenAt }) => hiddenAt != null,
    }),
    hiddenReason: t.string({
      nullable: true,
      description:
        'Reason given by the moderator who hid the video. Null unless hidden; visible only to the owner and moderators.',
      resolve: (video, _arguments, { viewer, loaders }) =>
        mayReadHideReason(viewer, video) ? loaders.hideReasons.load(video.id) : null,
    }),
    originalUrl: t.field({
      type: 'URL',
      nullable: true,
      description:
        'Short-lived URL of the uploaded file for the owner and moderators; null for other viewers.',
      resolve: (video, _arguments, { viewer, links, settings: { publicUrl, media } }) =>
        findOriginalUrl({ publicUrl, links, lifetimeSeconds: media.originalLinkSeconds }, viewer, video),
    }),
  }),
});

builder.queryField('video', t =>
  t.field({
    type: VideoType,
    nullable: true,
    description: 'The video with a global id; null when it does not exist or the viewer may not see it.',
    args: { id: t.arg.globalID({ required: true, for: VideoType, description: 'Global id of the video.' }) },
    resolve: (_root, { id }, { loaders }) => loaders.videos.load(id.id),
  }),
);

builder.objectType(VideoNotFound, {
  name: 'VideoNotFound',
  description: 'The video does not exist, or belongs to another player.',
  interfaces: [ErrorInterface],
});
builder.objectType(VideoIsPublished, {
  name: 'VideoIsPublished',
  description: 'Published videos cannot be deleted, because they may have votes.',
  interfaces: [ErrorInterface],
});

const DeletedVideo = builder.objectRef<{ videoId: string }>('DeletedVideo').implement({
  description: 'The video and its files are deleted.',
  fields: t => ({ videoId: t.exposeID('videoId', { description: 'Global id of the deleted video.' }) }),
});

builder.mutationFields(t => ({
  deleteVideo: t.field({
    type: DeletedVideo,
    description: 'Deletes an unpublished video of the viewer, in any status.',
    authScopes: { player: true },
    errors: { types: [VideoNotFound, VideoIsPublished] },
    args: {
      videoId: t.arg.globalID({ required: true, for: VideoType, description: 'Global id of the video.' }),
    },
    resolve: async (_root, { videoId }, context) => {
      const { em, storage, events, logger } = context;
      await deleteVideo({ em, storage, events, logger }, requireViewer(context).playerId, videoId.id);
      return { videoId: encodeId('Video', videoId.id) };
    },
  }),
}));
