import { execFile } from 'node:child_process';
import { constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

// The one capability, and that access(2), with which Postgres looks for its own programs, heeds it too.
const LET_THROUGH = [
  '--inh-caps=-all,+dac_override',
  '--ambient-caps=-all,+dac_override',
  '--securebits=+no_setuid_fixup',
];

/** An account without privileges, by its numbers. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * The account that Postgres, which refuses to be root, runs as: whoever owns `dir` already, else `postgres`, else
 * `nobody`. Null when this process is not root and needs no other account.
 */
export async function findServerUser(dir: string): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  if (existsSync(dir)) {
    const { uid, gid } = statSync(dir);
    if (uid !== 0) return { uid, gid };
  }
  return (await lookUp('postgres')) ?? (await lookUp('nobody'));
}

/**
 * The command that runs `command` as `user`. Where the user may not enter the folders on the way to `paths`, as in
 * root's home, the process alone is let through; the folders keep their permissions.
 */
export function asServerUser(
  user: ServerUser | null,
  paths: readonly string[],
  command: string,
  args: readonly string[],
): { command: string; args: string[] } {
  if (user === null) return { command, args: [...args] };
  const isReachable = paths.every(path => ancestors(path).every(isOpenToAll));
  return {
    command: 'setpriv',
    args: [
      `--reuid=${user.uid}`,
      `--regid=${user.gid}`,
      '--clear-groups',
      ...(isReachable ? [] : LET_THROUGH),
      command,
      ...args,
    ],
  };
}

async function lookUp(name: string): Promise<ServerUser | null> {
  const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, name])).stdout);
  try {
    return { uid: await id('-u'), gid: await id('-g') };
  } catch {
    // `id` fails for one reason only: there is no such account.
    return null;
  }
}

function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...ancestors(parent)];
}

function isOpenToAll(folder: string): boolean {
  return (statSync(folder).mode & constants.S_IXOTH) !== 0;
}
