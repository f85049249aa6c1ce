// Makes a fresh clone runnable. Plain JavaScript for Node 20.11, without a dependency: it runs before anything is installed.
import { prepareBumpers } from './setup/bumpers.mjs';
import { installPackages, requireNode } from './setup/packages.mjs';
import { installTools } from './setup/tools.mjs';

try {
  installPackages();
  requireNode();
  installTools({
    forTests: process.argv.includes('--tests'),
    forDeploy: process.argv.includes('--deploy'),
  });
  prepareBumpers();
} catch (error) {
  console.error(`Setup failed: ${error.message}`);
  process.exitCode = 1;
}
