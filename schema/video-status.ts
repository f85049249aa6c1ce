import { subscribeToVideo, type VideoStatusUpdate } from '../src/videos/processing/subscribe-to-video.ts';
import { isTerminal, type PROCESSING_PHASES } from '../src/videos/video.status.ts';
import { builder } from './builder.ts';
import { graphqlError } from './graphql-errors.ts';
import { hasFailed, VideoFailureType, VideoStatusEnum, VideoType } from './video.ts';

const ProcessingPhase = builder.enumType('ProcessingPhase', {
  description: 'What is being done with a video.',
  values: {
    QUEUED: { description: 'It waits for a worker.' },
    INSPECTING: { description: 'The upload is checked against the rules.' },
    RENDERING: { description: 'The clip is made.' },
    PUBLISHING: { description: 'The clip is stored for everybody.' },
  } satisfies Record<(typeof PROCESSING_PHASES)[number], unknown>,
});

const VideoStatusEvent = builder.objectRef<VideoStatusUpdate>('VideoStatusEvent').implement({
  description: 'How a video stands at one moment. The first event says how it stood on subscribing.',
  fields: t => ({
    sequence: t.int({
      description:
        'Grows from event to event, by more than one where events were left out; after a break, the higher one is the later one.',
      resolve: ({ sequence }) => sequence,
    }),
    video: t.field({ type: VideoType, description: 'The video itself.', resolve: ({ video }) => video }),
    status: t.field({
      type: VideoStatusEnum,
      description: 'Its status at this moment.',
      resolve: ({ video }) => video.status,
    }),
    phase: t.field({
      type: ProcessingPhase,
      nullable: true,
      description: 'What is being done with it; null once it has ended.',
      resolve: ({ video }) => (isTerminal(video.status) ? null : video.phase),
    }),
    percent: t.float({
      description:
        'The most of the clip that any attempt has made, 0 to 100, to a tenth. Never falls, as a later attempt moves it once it has come further, but for `requeueVideo`, with which it begins anew.',
      resolve: ({ video }) => Math.round(video.percent * 10) / 10,
    }),
    queuePosition: t.exposeInt('queuePosition', {
      nullable: true,
      description:
        'Videos that come before it while it waits for its first attempt. Told again when it has moved by a fiftieth, at most every 2 seconds.',
    }),
    etaSeconds: t.exposeInt('etaSeconds', {
      nullable: true,
      description:
        'Seconds until it is likely to be done, judged by the newest clips, the pace of its own attempt and the workers there are; null while nobody can tell, as when no worker is there.',
    }),
    attempt: t.int({
      description: 'Which attempt this is; 0 before the first.',
      resolve: ({ video }) => video.attempt,
    }),
    maxAttempts: t.int({
      description: 'Attempts it has before it ends FAILED.',
      resolve: ({ video }) => video.attemptLimit,
    }),
    failure: t.field({
      type: VideoFailureType,
      nullable: true,
      description: 'Why it failed; null unless it did.',
      resolve: ({ video }) => (hasFailed(video) ? video : null),
    }),
  }),
});

builder.subscriptionField('videoStatus', t =>
  t.field({
    type: VideoStatusEvent,
    description:
      'How a video stands now, then each change, ending after PROCESSED or FAILED, or when it is deleted. For its owner and moderators; for anyone once it is published.',
    args: {
      videoId: t.arg.globalID({ required: true, for: VideoType, description: 'Its global id.' }),
    },
    subscribe: async (_root, { videoId }, context) => {
      if ((await context.loaders.videos.load(videoId.id)) === null) {
        throw graphqlError('FORBIDDEN', 'There is no such video, or it is not yours to follow.');
      }
      const { leaseSeconds } = context.settings.processing;
      return subscribeToVideo({ ...context, leaseSeconds }, context.viewer, videoId.id);
    },
    resolve: (moment: VideoStatusUpdate) => moment,
  }),
);
