import type { VideoStatusUpdate } from '../src/videos/processing/status-reader.ts';
import { subscribeToVideo } from '../src/videos/processing/subscribe-to-video.ts';
import { isTerminal, type PROCESSING_PHASES } from '../src/videos/video.status.ts';
import { builder } from './builder.ts';
import { fieldError } from './graphql-errors.ts';
import { hasFailed, VideoFailureType, VideoStatusEnum, VideoType } from './video.ts';

const ProcessingPhase = builder.enumType('ProcessingPhase', {
  description: 'A phase of the processing of a video.',
  values: {
    QUEUED: { description: 'The video waits for a worker.' },
    INSPECTING: { description: 'A worker checks the file against the rules.' },
    RENDERING: { description: 'A worker renders the clip.' },
    PUBLISHING: { description: 'A worker stores the clip.' },
  } satisfies Record<(typeof PROCESSING_PHASES)[number], unknown>,
});

const VideoStatusEvent = builder.objectRef<VideoStatusUpdate>('VideoStatusEvent').implement({
  description:
    'The status of a video at one moment. The first event is the status at the start of the subscription.',
  fields: t => ({
    sequence: t.int({
      description:
        'Number that increases with each event, by more than one after skipped events. After a reconnect the higher number marks the later event.',
      resolve: ({ sequence }) => sequence,
    }),
    video: t.field({ type: VideoType, description: 'The video.', resolve: ({ video }) => video }),
    status: t.field({
      type: VideoStatusEnum,
      description: 'Status of the video at this moment.',
      resolve: ({ video }) => video.status,
    }),
    phase: t.field({
      type: ProcessingPhase,
      nullable: true,
      description: 'Phase of the processing; null after its end.',
      resolve: ({ video }) => (isTerminal(video.status) ? null : video.phase),
    }),
    percent: t.float({
      description:
        'Progress of the furthest attempt, 0 to 100, rounded to a tenth. A later attempt changes the value only once it is ahead. Only `requeueVideo` decreases the value.',
      resolve: ({ video }) => Math.round(video.percent * 10) / 10,
    }),
    queuePosition: t.exposeInt('queuePosition', {
      nullable: true,
      description:
        'Number of videos ahead in the queue, until the first attempt. An event follows each change by one fiftieth, at most every 2 seconds.',
    }),
    etaSeconds: t.exposeInt('etaSeconds', {
      nullable: true,
      description:
        'Estimated seconds until the end of processing. The estimate uses the newest clips, the speed of the current attempt and the number of workers. Null without an estimate, for example without workers.',
    }),
    attempt: t.int({
      description: 'Number of the current attempt; 0 before the first.',
      resolve: ({ video }) => video.attempt,
    }),
    maxAttempts: t.int({
      description: 'Number of attempts before the video becomes FAILED.',
      resolve: ({ video }) => video.attemptLimit,
    }),
    failure: t.field({
      type: VideoFailureType,
      nullable: true,
      description: 'Why the video failed; null unless it failed.',
      resolve: ({ video }) => (hasFailed(video) ? video : null),
    }),
  }),
});

builder.subscriptionField('videoStatus', t =>
  t.field({
    type: VideoStatusEvent,
    description:
      'The current status of a video, then each change. Ends after PROCESSED or FAILED, or when the video is deleted. Only the owner and moderators may subscribe before the video is published.',
    args: {
      videoId: t.arg.globalID({ required: true, for: VideoType, description: 'Global id of the video.' }),
    },
    subscribe: async (_root, { videoId }, context) => {
      if ((await context.loaders.videos.load(videoId.id)) === null) {
        throw fieldError('FORBIDDEN');
      }
      const { forkEm, events, queuePositions, settings, viewer } = context;
      const { leaseSeconds } = settings.processing;
      return subscribeToVideo({ forkEm, events, queuePositions, leaseSeconds }, viewer, videoId.id);
    },
    resolve: (update: VideoStatusUpdate) => update,
  }),
);
