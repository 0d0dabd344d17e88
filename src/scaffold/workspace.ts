import { posix } from 'node:path';
import type { ProposedFile } from './files.ts';

const folder = 'projectspaces';

/** The VS Code workspace of a project: its own folder first, then the repository. */
export function workspaceFile(name: string, directory: string): ProposedFile {
  const workspace = {
    folders: [
      { name, path: posix.relative(folder, directory) },
      { name: 'repository', path: '..' },
    ],
    extensions: { recommendations: ['redhat.vscode-yaml', 'tilt-dev.tiltfile'] },
  };
  return { path: `${folder}/${name}.code-workspace`, text: `${JSON.stringify(workspace, undefined, 2)}\n` };
}
