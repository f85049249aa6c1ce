import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserData } from 'aws-cdk-lib/aws-ec2';

const FOLDER = join(import.meta.dirname, 'hosts');

/** Returns the user data of a host's first boot: exports the variables, then runs the scripts of `hosts/` in order. */
export function firstBoot(scripts: readonly string[], variables: Record<string, string>): UserData {
  const userData = UserData.forLinux();
  for (const [name, value] of Object.entries(variables))
    userData.addCommands(`export ${name}=${quoted(value)}`);
  for (const script of scripts) userData.addCommands(readFileSync(join(FOLDER, script), 'utf8'));
  return userData;
}

export function readHostFile(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
