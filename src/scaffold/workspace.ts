import { posix } from 'node:path';
import type { ProposedFile } from './files.ts';

const folder = 'projectspaces';

const task = (label: string, command: string) => ({
  label,
  type: 'shell',
  command,
  options: { cwd: '${workspaceFolder:repository}' },
  problemMatcher: [],
});

/** The VS Code workspace of a project: its own folder first, then the repository; and what one starts most. */
export function workspaceFile(name: string, directory: string): ProposedFile {
  const workspace = {
    folders: [
      { name, path: posix.relative(folder, directory) },
      { name: 'repository', path: '..' },
    ],
    extensions: { recommendations: ['redhat.vscode-yaml', 'tilt-dev.tiltfile'] },
    tasks: {
      version: '2.0.0',
      tasks: [
        task(`start ${name} with live reload`, `npx repoctl up ${name}`),
        task(`health of ${name}`, `npx repoctl status ${name} --watch`),
        task(`logs of ${name}`, `npx repoctl infra project logs ${name} --follow`),
      ],
    },
  };
  return { path: `${folder}/${name}.code-workspace`, text: `${JSON.stringify(workspace, undefined, 2)}\n` };
}
