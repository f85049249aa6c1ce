import { basename } from 'node:path';
import { appendToBox, box, editBox, fullBox, u32 } from '../../kit/media/mp4.ts';
import { DAMAGED, FINE, type HostileCase, NO_VIDEO } from './hostile-case.ts';
import { createTitle } from './hostile-structures.ts';

const text = (content: string) => Buffer.from(content);
const replaceWith = (content: string) => () => text(content);
const playlist = (...lines: string[]) =>
  replaceWith(`${['#EXTM3U', '#EXT-X-TARGETDURATION:2', ...lines].join('\n')}\n`);

/**
 * Files that reference another file, an address or a device. `neighbour` is the path of another player's
 * video, `url` the address of a server on this machine.
 */
export const createSsrfTestFiles = (neighbour: string, url: string): readonly HostileCase[] => [
  ['frames in a neighbour’s file', DAMAGED, framesIn(alias(neighbour))],
  ['frames in a neighbour’s file, by its file URL', DAMAGED, framesIn(at(`file://${neighbour}`))],
  ['frames on a server', DAMAGED, framesIn(at(`${url}/frames.mp4`))],
  [
    'frames in several files and addresses',
    DAMAGED,
    framesIn(alias('/etc/passwd'), at(url), alias('/dev/zero')),
  ],
  [
    'a reference movie on a server',
    DAMAGED,
    good =>
      editBox(good, 'moov', () =>
        box('rmra', box('rmda', fullBox('rdrf', 0, text('url '), u32(url.length + 1), text(`${url}\0`)))),
      ),
  ],
  ['an HLS playlist of a neighbour’s file', NO_VIDEO, playlist('#EXTINF:2,', neighbour, '#EXT-X-ENDLIST')],
  [
    'an HLS playlist on a server',
    NO_VIDEO,
    playlist(`#EXT-X-KEY:METHOD=AES-128,URI="${url}/k"`, '#EXTINF:2,', url),
  ],
  ['a concat list', NO_VIDEO, replaceWith(`ffconcat version 1.0\nfile '${neighbour}'\n`)],
  ['a concat URL', NO_VIDEO, replaceWith(`concat:${neighbour}|/etc/passwd`)],
  ['a DASH manifest', NO_VIDEO, replaceWith(`<?xml version="1.0"?><MPD><BaseURL>${url}/</BaseURL></MPD>`)],
  [
    'an SDP session description',
    NO_VIDEO,
    replaceWith(`v=0\nc=IN IP4 127.0.0.1\nm=video ${new URL(url).port} RTP/AVP 96\n`),
  ],
  ['subtitles', NO_VIDEO, replaceWith('1\n00:00:00,000 --> 00:00:05,000\n<img src="file:///etc/passwd">\n')],
  [
    'a playlist after the ftyp box',
    DAMAGED,
    good => Buffer.concat([good.subarray(0, 32), playlist('#EXTINF:2,', neighbour)()]),
  ],
  [
    'a playlist in the title',
    FINE,
    good => appendToBox(good, 'moov', box('udta', createTitle(`#EXTM3U\n${neighbour}\n`))),
  ],
];

const at = (address: string) => fullBox('url ', 0, text(`${address}\0`));

/** Replaces the frames of the good file with zeros and refers to the first of `references` for them. */
function framesIn(...references: Buffer[]): HostileCase[2] {
  return good => {
    const elsewhere = editBox(good, 'moov/trak/mdia/minf/dinf/dref', () =>
      Buffer.concat([u32(0, references.length), ...references]),
    );
    return editBox(elsewhere, 'mdat', own => Buffer.alloc(own.length));
  };
}

/**
 * Creates a QuickTime alias record: a name and, as its item 2, the absolute path (libavformat's
 * `mov_read_dref`).
 */
function alias(path: string): Buffer {
  const field = (content: Buffer, length: number) =>
    Buffer.concat([Buffer.from([content.length]), content, Buffer.alloc(length - content.length - 1)]);
  const full = text(`/${path}`);
  const padding = Buffer.alloc(full.length % 2);
  return fullBox(
    'alis',
    0,
    ...[Buffer.alloc(10), field(text('/'), 28), Buffer.alloc(12), field(text(basename(path)), 64)],
    ...[Buffer.alloc(16), Buffer.from([0, 1, 0, 1]), Buffer.alloc(16)],
    ...[Buffer.from([0, 2, full.length >> 8, full.length & 255]), full, padding, Buffer.from([255, 255])],
  );
}
