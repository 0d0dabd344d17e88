import { Command, Option } from 'commander';
import { type ProfileOptions, report, requiredProfileOption } from './options.ts';

interface Options extends ProfileOptions {
  readonly argocd?: boolean;
  readonly flux?: boolean;
  readonly repo?: string;
  readonly revision: string;
  readonly path?: string;
}

export const gitopsCommand = () =>
  new Command('gitops')
    .summary('write what Argo CD or Flux need to apply the manifests')
    .description('Write what Argo CD or Flux need to apply the manifests of a profile from Git.')
    .addCommand(gitopsInitCommand());

const gitopsInitCommand = () =>
  new Command('init')
    .summary('write an ApplicationSet, or Kustomizations, into the repository')
    .description(
      'Write gitops/argocd/<profile> (an AppProject and an ApplicationSet that brings up the global tier, then the projects, each ' +
        'after those that it needs) or gitops/flux/<profile> (a Kustomization per namespace with dependsOn). Commit the files and the ' +
        'manifests of the profile; apply them once. Run the command again after a change of the projects.',
    )
    .addOption(new Option('--argocd', 'for Argo CD').conflicts('flux'))
    .option('--flux', 'for Flux')
    .addOption(requiredProfileOption())
    .option('--repo <url>', 'URL of the Git repository (default: that of the remote origin)')
    .option('--revision <name>', 'branch that the cluster follows', 'main')
    .option('--path <folder>', 'folder of the manifests in it (default: dist/<profile>)')
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl gitops init --argocd --profile production\n' +
        '  repoctl gitops init --flux --profile staging --repo https://git.example.com/team/shop --revision dev',
    )
    .action(async ({ profile, argocd, flux, repo, revision, path }: Options, command: Command) => {
      if (!argocd && !flux) command.error('error: name a tool: --argocd or --flux');
      const { writeGitops } = await import('../../deploy/gitops/write-gitops.ts');
      const tool = argocd ? 'argocd' : 'flux';
      const { written, removed, remarks } = await writeGitops({ profile, tool, repository: repo, revision, path });
      for (const each of written) report(`wrote ${each}`);
      for (const each of removed) report(`removed ${each}`);
      if (written.length + removed.length === 0) report(`gitops/${tool}/${profile}: up to date`);
      for (const remark of remarks) report(`remark: ${remark}`);
    });
