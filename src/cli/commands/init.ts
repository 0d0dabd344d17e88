import { Command } from 'commander';

interface InitOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export const initCommand = () =>
  new Command('init')
    .summary('set up a repository: repoctl.yaml and project files')
    .description(
      'Write the missing files of a repository: repoctl.yaml, kind-config.yaml, Tiltfile, .env.example, lines of .gitignore, ' +
        'and a project file for each folder of backends/, apps/ and services/ with a Dockerfile and for the services of a ' +
        'compose file. List the files and ask first; never overwrite one.',
    )
    .option('-y, --yes', 'write without asking')
    .option('--dry-run', 'write nothing; print the files')
    .addHelpText('after', '\nExamples:\n  repoctl init\n  repoctl init --dry-run\n  repoctl init --yes')
    .action(async (options: InitOptions) => {
      const { initRepository } = await import('../../scaffold/init.ts');
      await initRepository(process.cwd(), options);
    });

interface InitProjectOptions {
  readonly template?: string;
  readonly dir?: string;
  readonly dryRun?: boolean;
}

/** `repoctl infra init NAME` */
export const initProjectCommand = () =>
  new Command('init')
    .summary('start a new project from a template')
    .description(
      'Write a project that is ready to run: source, Dockerfile, infra/project.yaml, infra/.env.example and a VS Code ' +
        'workspace. Templates: python-celery, fastapi, go-worker, node. Never overwrite a file.',
    )
    .argument('<name>', 'short name or folder: svc-quotes and backends/new_quotes become quotes and new-quotes')
    .option('--template <template>', 'python-celery, fastapi, go-worker or node (default: ask)')
    .option('--dir <folder>', 'folder, relative to the root of the repository (default: backends/NAME)')
    .option('--dry-run', 'write nothing; print the files')
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra init quotes --template fastapi\n' +
        '  repoctl infra init backends/new_quotes --template fastapi\n' +
        '  repoctl infra init web --template node --dir apps/web --dry-run',
    )
    .action(async (name: string, options: InitProjectOptions) => {
      const [{ initProject }, { findRoot }] = await Promise.all([
        import('../../scaffold/init.ts'),
        import('../../config/root.ts'),
      ]);
      await initProject(findRoot(process.cwd()), name, options);
    });
