// Opens files until no descriptor is free, then runs ffmpeg, and prints the name of the error.

import { openSync } from 'node:fs';
import { hasErrorCode } from '../../../src/platform/process/system-errors.ts';
import { runProgram } from '../../../worker/ffmpeg/run-program.ts';

try {
  for (;;) openSync('/dev/null', 'r');
} catch (error) {
  if (!hasErrorCode(error, 'EMFILE')) throw error;
}
const result = await runProgram('ffmpeg', ['ffmpeg', '-version'], { timeoutSeconds: 10 }).then(
  () => 'no error',
  error => `${error.name}: ${error.cause?.code}`,
);
process.stdout.write(result);
