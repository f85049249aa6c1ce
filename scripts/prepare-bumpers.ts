import { prepareBumpers } from '../worker/bumpers.ts';

const [cacheDir] = process.argv.slice(2);
if (cacheDir === undefined) throw new Error('Usage: node scripts/prepare-bumpers.ts FOLDER');
await prepareBumpers(cacheDir);
