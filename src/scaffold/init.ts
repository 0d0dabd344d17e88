import { UsageError } from '../platform/errors.ts';
import { confirm, terminal } from '../platform/terminal/ask.ts';
import { printLine, printText } from '../platform/terminal/print.ts';
import { type ProposedFile, preview } from './files.ts';
import { type InitProjectOptions, newProject, writeProject } from './init-project.ts';
import { type NewRepository, newRepository, writeRepository } from './init-repository.ts';

const say = (line: string): void => printLine(line);

/** `repoctl infra init NAME`: writes a project from a template and says how to go on. */
export async function initProject(
  root: string,
  given: string,
  { dryRun, ...options }: InitProjectOptions & { readonly dryRun?: boolean },
): Promise<void> {
  const project = await newProject(root, given, { ask: terminal(), ...options });
  if (dryRun) return printText(preview(project.files));
  writeProject(root, project);
  const { name } = project;
  for (const { path } of project.files) say(`wrote ${path}`);
  say('');
  say(`${name} is ready in ${project.directory}/. Next:`);
  for (const line of [`repoctl infra project start ${name}`, ...project.tryOut]) say(`  ${line}`);
  say(`  code projectspaces/${name}.code-workspace`);
}

/** `repoctl init`: sets a repository up, and says what could not be carried over. */
export async function initRepository(
  root: string,
  options: { readonly yes?: boolean; readonly dryRun?: boolean },
): Promise<void> {
  const proposal = newRepository(root);
  const { files, kept } = proposal;
  if (options.dryRun) return printText(preview(files));
  for (const path of kept) say(`${path}: already exists, not changed`);
  sayNotes(proposal);
  if (files.length === 0) return void say('Nothing is lacking.');
  say(`These files are lacking in ${root}:`);
  for (const file of files) say(`  ${file.path}${remark(file)}`);
  if (!(await confirm('Write them?', options.yes))) throw new UsageError('nothing was written');
  writeRepository(root, proposal);
  sayNext(proposal);
}

const remark = ({ append, secret }: ProposedFile): string =>
  append ? ' (lines added)' : secret ? ' (with the values of the compose file; git ignores it)' : '';

function sayNotes({ projects, notes }: NewRepository): void {
  for (const note of notes) say(`- ${note}`);
  for (const { directory, notes: own, from } of projects) {
    say(`${directory}/infra/project.yaml, from ${from}${own.length > 0 ? ':' : ''}`);
    for (const note of own) say(`- ${note}`);
  }
}

function sayNext({ projects }: NewRepository): void {
  const [first] = projects;
  say('');
  say('Written. Next:');
  if (!first) say('  repoctl infra init NAME');
  say('  repoctl up');
  for (const { directory, secrets, from } of projects) {
    const unknown = [...secrets].filter(([, value]) => value === undefined).map(([name]) => name);
    if (unknown.length > 0)
      say(
        `  ${unknown.join(', ')}: without a value in ${from}; the first start makes ${directory}/infra/.env, fill it in there`,
      );
  }
}
