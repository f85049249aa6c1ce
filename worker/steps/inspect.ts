import { join } from 'node:path';
import { fileTypeFromFile } from 'file-type';
import type { Env } from '../../src/env.ts';
import { SOURCE_FORMATS } from '../../src/videos/source-formats.ts';
import { SourceRejected } from '../../src/videos/video.status.ts';
import { classifyFfmpegError } from '../ffmpeg/ffmpeg-errors.ts';
import { type MediaFacts, probe } from '../ffmpeg/probe.ts';
import type { Sandbox } from '../ffmpeg/sandbox.ts';

const CODECS = ['h264', 'hevc', 'vp8', 'vp9', 'av1', 'mpeg4', 'prores'];
const MAX_PIXELS = 3840 * 2160 * 1.1;
const MAX_FRAME_RATE = 300;
const MAX_ASPECT_RATIO = 10;

/** A source in a job's folder, which contains only this file and the job's own files. */
export interface SourceFile {
  folder: string;
  fileName: string;
}

/**
 * Returns the facts of a source and checks the contest's rules. Reads the headers only; {@link render}
 * detects missing or damaged frames.
 *
 * @throws {SourceRejected} with the first rule that the source breaks. Any other error is an infrastructure
 * fault, to be retried.
 */
export async function inspect(
  source: SourceFile,
  rules: Env['media'],
  options: { sandbox: Sandbox; signal: AbortSignal },
): Promise<MediaFacts> {
  await checkContainer(join(source.folder, source.fileName));
  const facts = await probe(source, options).catch(error => {
    throw classifyFfmpegError(error);
  });
  if (facts === null) throw new SourceRejected('NOT_A_VIDEO', 'no video stream');
  checkFormat(facts);
  checkRules(facts, rules);
  return facts;
}

/** Checks the first bytes; the name and the declared type are ignored. */
async function checkContainer(path: string): Promise<void> {
  const type = (await fileTypeFromFile(path))?.mime ?? 'unknown type';
  if (SOURCE_FORMATS.has(type)) return;
  throw new SourceRejected(type.startsWith('video/') ? 'UNSUPPORTED_FORMAT' : 'NOT_A_VIDEO', type);
}

function checkFormat({ codec, width, height, frameRate }: MediaFacts): void {
  const refuse = (detail: string) => {
    throw new SourceRejected('UNSUPPORTED_FORMAT', detail);
  };
  if (!CODECS.includes(codec)) refuse(`codec ${codec}`);
  if (width * height > MAX_PIXELS) refuse(`${width}x${height}`);
  if (Math.max(width / height, height / width) > MAX_ASPECT_RATIO) refuse(`${width}x${height}`);
  if (frameRate > MAX_FRAME_RATE) refuse(`${frameRate} frames per second`);
}

function checkRules({ width, height, durationSeconds }: MediaFacts, rules: Env['media']): void {
  if (durationSeconds < rules.minSourceSeconds) throw new SourceRejected('TOO_SHORT', `${durationSeconds} s`);
  if (durationSeconds > rules.maxSourceSeconds) throw new SourceRejected('TOO_LONG', `${durationSeconds} s`);
  if (Math.min(width, height) < rules.minSourceHeight) {
    throw new SourceRejected('RESOLUTION_TOO_LOW', `${width}x${height}`);
  }
}
