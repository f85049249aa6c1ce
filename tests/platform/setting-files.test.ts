import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidEnv } from '../../src/env.ts';
import { withSettingFiles } from '../../src/setting-files.ts';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anb-setting-files-'));
  await writeFile(at('secret'), 'from a file\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a setting in a file', () => {
  it('is the content without the final line break', () => {
    const source = { AUTH_SECRET_FILE: at('secret'), LOG_LEVEL: 'warn' };
    const read = { AUTH_SECRET_FILE: '', LOG_LEVEL: 'warn', AUTH_SECRET: 'from a file' };
    expect(withSettingFiles(source)).toEqual(read);
    expect(withSettingFiles(read)).toEqual(read);
  });

  it('counts as unset when the name of the file is empty', () => {
    expect(withSettingFiles({ AUTH_SECRET_FILE: '' })).toEqual({ AUTH_SECRET_FILE: '' });
  });

  it('is ignored when no setting has its name', () => {
    expect(withSettingFiles({ POSTGRES_PASSWORD_FILE: at('missing') })).not.toHaveProperty(
      'POSTGRES_PASSWORD',
    );
  });

  it('is refused when the file is missing or the setting has two values, with one message', () => {
    const source = {
      AUTH_SECRET_FILE: at('secret'),
      AUTH_SECRET: 'given as well',
      REDIS_URL_FILE: at('missing'),
    };
    const refused = () => withSettingFiles(source);
    expect(refused).toThrow(InvalidEnv);
    expect(refused).toThrow(/REDIS_URL_FILE: ENOENT.*\n.*AUTH_SECRET: given both/);
  });
});
