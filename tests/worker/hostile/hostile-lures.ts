import { basename } from 'node:path';
import { addTo, box, editBox, fullBox, u32 } from '../../kit/media/mp4.ts';
import { title } from './hostile-structures.ts';
import { DAMAGED, FINE, NO_VIDEO, type Trap } from './hostile-trap.ts';

const text = (content: string) => Buffer.from(content);
const instead = (content: string) => () => text(content);
const playlist = (...lines: string[]) =>
  instead(`${['#EXTM3U', '#EXT-X-TARGETDURATION:2', ...lines].join('\n')}\n`);

/**
 * Files that name another one, an address or a device: `neighbour` is the path of somebody else's video, `url` a
 * server on this machine.
 */
export const lures = (neighbour: string, url: string): readonly Trap[] => [
  ['frames in a neighbour’s file', DAMAGED, framesIn(alias(neighbour))],
  ['frames in a neighbour’s file, by its address', DAMAGED, framesIn(at(`file://${neighbour}`))],
  ['frames on a server', DAMAGED, framesIn(at(`${url}/frames.mp4`))],
  ['frames in several places', DAMAGED, framesIn(alias('/etc/passwd'), at(url), alias('/dev/zero'))],
  [
    'a film that is elsewhere',
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
  ['a concat list', NO_VIDEO, instead(`ffconcat version 1.0\nfile '${neighbour}'\n`)],
  ['a concat address', NO_VIDEO, instead(`concat:${neighbour}|/etc/passwd`)],
  ['a DASH manifest', NO_VIDEO, instead(`<?xml version="1.0"?><MPD><BaseURL>${url}/</BaseURL></MPD>`)],
  [
    'a session description',
    NO_VIDEO,
    instead(`v=0\nc=IN IP4 127.0.0.1\nm=video ${new URL(url).port} RTP/AVP 96\n`),
  ],
  ['subtitles', NO_VIDEO, instead('1\n00:00:00,000 --> 00:00:05,000\n<img src="file:///etc/passwd">\n')],
  [
    'a playlist behind a type',
    DAMAGED,
    good => Buffer.concat([good.subarray(0, 32), playlist('#EXTINF:2,', neighbour)()]),
  ],
  [
    'a playlist in its title',
    FINE,
    good => addTo(good, 'moov', box('udta', title(`#EXTM3U\n${neighbour}\n`))),
  ],
];

const at = (address: string) => fullBox('url ', 0, text(`${address}\0`));

/** The good file without frames of its own; they are said to be at the first of `references`. */
function framesIn(...references: Buffer[]): Trap[2] {
  return good => {
    const elsewhere = editBox(good, 'moov/trak/mdia/minf/dinf/dref', () =>
      Buffer.concat([u32(0, references.length), ...references]),
    );
    return editBox(elsewhere, 'mdat', own => Buffer.alloc(own.length));
  };
}

/** A file's alias record as QuickTime writes it: a name and, as its item 2, the absolute path (libavformat's `mov_read_dref`). */
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
