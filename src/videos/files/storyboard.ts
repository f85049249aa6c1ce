/** The layout of the pictures in a clip's storyboard, row by row. */
export interface StoryboardLayout {
  tileCount: number;
  columns: number;
  rows: number;
  /** Pixels. */
  tileWidth: number;
  tileHeight: number;
  secondsPerTile: number;
}

const COLUMNS = 5;

/** Returns the layout with one picture for each second between the bumpers. */
export function createStoryboardLayout(contentSeconds: number): StoryboardLayout {
  const tileCount = Math.max(1, Math.ceil(contentSeconds));
  return {
    tileCount,
    columns: COLUMNS,
    rows: Math.ceil(tileCount / COLUMNS),
    tileWidth: 160,
    tileHeight: 90,
    secondsPerTile: 1,
  };
}

/**
 * Returns WebVTT that maps times of the clip to parts of `picture`, as media fragments (W3C Media Fragments
 * URI, 4.2.2). The first and the last picture also cover the bumpers, so every time has a picture.
 */
export function formatStoryboardCues(
  layout: StoryboardLayout,
  picture: string,
  clip: { durationSeconds: number; contentStartSeconds: number },
): string {
  const { tileCount, columns, tileWidth, tileHeight, secondsPerTile } = layout;
  const cues = Array.from({ length: tileCount }, (_, tile) => {
    const start = tile === 0 ? 0 : clip.contentStartSeconds + tile * secondsPerTile;
    const last = tile === tileCount - 1;
    const end = last ? clip.durationSeconds : clip.contentStartSeconds + (tile + 1) * secondsPerTile;
    const [x, y] = [(tile % columns) * tileWidth, Math.floor(tile / columns) * tileHeight];
    return `${formatTimestamp(start)} --> ${formatTimestamp(end)}\n${picture}#xywh=${x},${y},${tileWidth},${tileHeight}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

/** Returns `mm:ss.ttt` (WebVTT, 4.3); clips are much shorter than an hour. */
function formatTimestamp(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${String(minutes).padStart(2, '0')}:${(seconds - minutes * 60).toFixed(3).padStart(6, '0')}`;
}
