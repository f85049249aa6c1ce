import { resolve } from 'node:path';
import { prepareBumpers } from '../worker/steps/bumper-cache.ts';

const [cacheDir] = process.argv.slice(2);
if (cacheDir === undefined) throw new Error('Usage: node scripts/prepare-bumpers.ts FOLDER');
// ffmpeg runs in another folder, where a relative path would not resolve.
await prepareBumpers(resolve(cacheDir));
