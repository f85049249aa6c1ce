import { InvalidInput } from '../src/platform/errors.ts';
import type { PresignedUpload } from '../src/platform/storage/storage.ts';
import type { SourceFormat } from '../src/videos/source-formats.ts';
import { completeUpload } from '../src/videos/uploads/complete-upload.ts';
import { createUpload } from '../src/videos/uploads/create-upload.ts';
import { submitVideo } from '../src/videos/uploads/submit-video.ts';
import {
  DirectUploadUnavailable,
  FileTooLarge,
  IdempotencyKeyReused,
  UnsupportedFile,
  UploadNotFound,
} from '../src/videos/video.errors.ts';
import { builder } from './builder.ts';
import { requireViewer } from './context.ts';
import { DIRECT_UPLOAD_COST } from './costs.ts';
import { ErrorInterface } from './errors.ts';
import { VideoType } from './video.ts';

builder.objectType(FileTooLarge, {
  name: 'FileTooLarge',
  description: 'The file exceeds the maximum size.',
  interfaces: [ErrorInterface],
  fields: t => ({
    limitBytes: t.exposeFloat('limitBytes', { description: 'Maximum size of a file, in bytes.' }),
  }),
});
builder.objectType(UnsupportedFile, {
  name: 'UnsupportedFile',
  description: 'The content of the file is neither MP4 nor QuickTime. The file name does not matter.',
  interfaces: [ErrorInterface],
});
builder.objectType(IdempotencyKeyReused, {
  name: 'IdempotencyKeyReused',
  description: 'The idempotency key belongs to an upload with another title or another file.',
  interfaces: [ErrorInterface],
});
const UploadVideoInput = builder.inputType('UploadVideoInput', {
  description: 'A video for the contest.',
  fields: t => ({
    title: t.string({ required: true, description: '1 to 120 characters.' }),
    file: t.field({
      type: 'Upload',
      required: true,
      description: 'MP4 or QuickTime file, sent as in the GraphQL multipart request specification.',
    }),
    idempotencyKey: t.string({
      description:
        'Key of this upload, at most 200 characters. An upload with the same key returns the first video.',
    }),
  }),
});

const UploadTypeEnum = builder.enumType('UploadType', {
  description: 'A type of file that the contest accepts.',
  values: {
    MP4: { value: 'video/mp4', description: 'MP4, the format of most phones.' },
    QUICKTIME: { value: 'video/quicktime', description: 'QuickTime (MOV), the format of iPhones.' },
  } satisfies Record<string, { value: SourceFormat['contentType']; description: string }>,
});

const UploadHeader = builder.objectRef<{ name: string; value: string }>('UploadHeader').implement({
  description: 'A required header of the request that sends the file.',
  fields: t => ({
    name: t.exposeString('name', { description: 'Name of the header, in lower case.' }),
    value: t.exposeString('value', { description: 'Exact value of the header.' }),
  }),
});

const DirectUpload = builder.objectRef<PresignedUpload & { uploadId: string }>('DirectUpload').implement({
  description: 'The PUT request that sends one file, before `completeUpload`.',
  fields: t => ({
    uploadId: t.exposeID('uploadId', { description: 'Id of the upload, for `completeUpload`.' }),
    url: t.expose('url', {
      type: 'URL',
      description: 'URL that accepts one file of the requested size and type.',
    }),
    headers: t.field({
      type: [UploadHeader],
      description: 'Required headers, besides `content-length`.',
      resolve: ({ headers }) => Object.entries(headers).map(([name, value]) => ({ name, value })),
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description:
        'Latest start of the request. The store deletes the file one hour after its arrival unless `completeUpload` submits it.',
    }),
  }),
});

builder.objectType(DirectUploadUnavailable, {
  name: 'DirectUploadUnavailable',
  description: 'The store of this contest does not accept direct uploads; use `uploadVideo`.',
  interfaces: [ErrorInterface],
});
builder.objectType(UploadNotFound, {
  name: 'UploadNotFound',
  description: 'The file has not arrived, or the upload belongs to another player.',
  interfaces: [ErrorInterface],
});

const CreateUploadInput = builder.inputType('CreateUploadInput', {
  description: 'The file of a direct upload.',
  fields: t => ({
    sizeBytes: t.float({
      required: true,
      description: 'Exact size in bytes; at most `Contest.maxUploadBytes`.',
    }),
    type: t.field({
      type: UploadTypeEnum,
      required: true,
      description: 'Type of the file; `completeUpload` checks it.',
    }),
  }),
});

const CompleteUploadInput = builder.inputType('CompleteUploadInput', {
  description: 'A video for the contest, after its file was sent.',
  fields: t => ({
    uploadId: t.id({
      required: true,
      description: 'Id from `createUpload`. A repeated id returns the first video.',
    }),
    title: t.string({ required: true, description: '1 to 120 characters.' }),
  }),
});

builder.mutationFields(t => ({
  uploadVideo: t.field({
    type: VideoType,
    description:
      'Uploads a video. Returns once the file is durably stored; `videoStatus` sends the progress.',
    authScopes: { player: true },
    errors: { types: [FileTooLarge, UnsupportedFile, IdempotencyKeyReused, InvalidInput] },
    args: { input: t.arg({ type: UploadVideoInput, required: true, description: 'The video.' }) },
    resolve: async (_root, { input }, context) => {
      const { em, storage, jobs, logger, settings, requestId } = context;
      const { playerId } = requireViewer(context);
      const file = (await input.file).createReadStream();
      return submitVideo(
        { em, storage, jobs, logger, media: settings.media, processing: settings.processing },
        { playerId, title: input.title, file, idempotencyKey: input.idempotencyKey ?? null, requestId },
      );
    },
  }),
  createUpload: t.field({
    type: DirectUpload,
    description:
      'Creates a direct upload, which sends a large file to the store without passing through the API.',
    authScopes: { player: true },
    complexity: DIRECT_UPLOAD_COST,
    errors: { types: [DirectUploadUnavailable, FileTooLarge, InvalidInput] },
    args: { input: t.arg({ type: CreateUploadInput, required: true, description: 'The file.' }) },
    resolve: (_root, { input }, context) => {
      const { storage, settings } = context;
      const { playerId } = requireViewer(context);
      return createUpload(
        { storage, media: settings.media },
        { playerId, sizeBytes: input.sizeBytes, contentType: input.type },
      );
    },
  }),
  completeUpload: t.field({
    type: VideoType,
    description:
      'Submits a file that was sent to the URL of `createUpload`. Processing is the same as after `uploadVideo`.',
    authScopes: { player: true },
    errors: {
      types: [
        DirectUploadUnavailable,
        UploadNotFound,
        FileTooLarge,
        UnsupportedFile,
        IdempotencyKeyReused,
        InvalidInput,
      ],
    },
    args: { input: t.arg({ type: CompleteUploadInput, required: true, description: 'The video.' }) },
    resolve: (_root, { input }, context) => {
      const { em, storage, jobs, logger, settings, requestId } = context;
      const { playerId } = requireViewer(context);
      return completeUpload(
        { em, storage, jobs, logger, media: settings.media, processing: settings.processing },
        { playerId, uploadId: input.uploadId, title: input.title, requestId },
      );
    },
  }),
}));
