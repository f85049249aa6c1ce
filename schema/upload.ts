import { InvalidInput } from '../src/platform/errors.ts';
import type { PresignedUpload } from '../src/platform/storage/storage.ts';
import type { OriginalType } from '../src/videos/uploads/accepted-file.ts';
import { completeUpload } from '../src/videos/uploads/complete-upload.ts';
import { createUpload } from '../src/videos/uploads/create-upload.ts';
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

const UploadTypeEnum = builder.enumType('UploadType', {
  description: 'A kind of file that the contest takes.',
  values: {
    MP4: { value: 'video/mp4', description: 'MP4, as most phones record.' },
    QUICKTIME: { value: 'video/quicktime', description: 'QuickTime (MOV), as iPhones record.' },
  } satisfies Record<string, { value: OriginalType['contentType']; description: string }>,
});

const UploadHeader = builder.objectRef<{ name: string; value: string }>('UploadHeader').implement({
  description: 'A header that the request with the file must have.',
  fields: t => ({
    name: t.exposeString('name', { description: 'In lower case.' }),
    value: t.exposeString('value', { description: 'Exactly this.' }),
  }),
});

const DirectUpload = builder.objectRef<PresignedUpload & { uploadId: string }>('DirectUpload').implement({
  description: 'Where to send one file, by PUT, before `completeUpload`.',
  fields: t => ({
    uploadId: t.exposeID('uploadId', { description: 'Names the upload to `completeUpload`.' }),
    url: t.expose('url', {
      type: 'URL',
      description: 'Takes a file of the size and type that were asked for.',
    }),
    headers: t.field({
      type: [UploadHeader],
      description: 'All that are needed beside the length of the file.',
      resolve: ({ headers }) => Object.entries(headers).map(([name, value]) => ({ name, value })),
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description:
        'Until when the sending may begin. A file that is not completed is removed an hour after it came.',
    }),
  }),
});

builder.objectType(DirectUploadUnavailable, {
  name: 'DirectUploadUnavailable',
  description: 'Files can not be sent to the store of this contest; use `uploadVideo`.',
  interfaces: [ErrorInterface],
});
builder.objectType(UploadNotFound, {
  name: 'UploadNotFound',
  description: 'No file has arrived for this upload, or it is not this viewer’s.',
  interfaces: [ErrorInterface],
});

const CreateUploadInput = builder.inputType('CreateUploadInput', {
  description: 'The file that is to be sent.',
  fields: t => ({
    sizeBytes: t.float({
      required: true,
      description: 'Its exact size; at most `Contest.maxUploadBytes`.',
    }),
    type: t.field({
      type: UploadTypeEnum,
      required: true,
      description: 'What it is; checked once it is there.',
    }),
  }),
});

const CompleteUploadInput = builder.inputType('CompleteUploadInput', {
  description: 'A video for the contest, whose file has been sent.',
  fields: t => ({
    uploadId: t.id({
      required: true,
      description: 'As `createUpload` gave it. Completed again, it answers with the first video.',
    }),
    title: t.string({ required: true, description: '1 to 120 characters.' }),
  }),
});

builder.mutationFields(t => ({
  createUpload: t.field({
    type: DirectUpload,
    description: 'Opens a way to send a large file straight to the store, past the API.',
    authScopes: { player: true },
    complexity: DIRECT_UPLOAD_COST,
    errors: { types: [DirectUploadUnavailable, FileTooLarge, InvalidInput] },
    args: { input: t.arg({ type: CreateUploadInput, required: true, description: 'The file.' }) },
    resolve: (_root, { input }, context) =>
      createUpload(
        { ...context.settings, ...context },
        { playerId: requireViewer(context).playerId, sizeBytes: input.sizeBytes, contentType: input.type },
      ),
  }),
  completeUpload: t.field({
    type: VideoType,
    description: 'Takes in a file that was sent as `createUpload` said; from then on as `uploadVideo` does.',
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
    resolve: (_root, { input }, context) =>
      completeUpload(
        { ...context.settings, ...context },
        {
          playerId: requireViewer(context).playerId,
          uploadId: input.uploadId,
          title: input.title,
          requestId: context.requestId,
        },
      ),
  }),
}));
