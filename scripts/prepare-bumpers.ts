import { resolve } from 'node:path';
import { prepareBumpers } from '../worker/steps/bumpers.ts';

const [cacheDir] = process.argv.slice(2);
if (cacheDir === undefined) throw new Error('Usage: node scripts/prepare-bumpers.ts FOLDER');
// ffmpeg runs in a folder of its own, from where a relative path leads elsewhere.
await prepareBumpers(resolve(cacheDir));
