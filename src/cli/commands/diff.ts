import { Command } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { exitCodes } from '../../platform/errors.ts';
import {
  type ConsentOptions,
  imageTagOption,
  type JsonOptions,
  jsonOption,
  type ProfileOptions,
  profileOption,
  withClusterOptions,
  withConsentOptions,
} from './options.ts';

type Options = ClusterOptions & ProfileOptions & JsonOptions & ConsentOptions & { readonly imageTag?: string };

export const diffCommand = () =>
  withConsentOptions(
    withClusterOptions(
      new Command('diff')
        .summary('show what an apply would change in the cluster')
        .description(
          'Ask the API server what applying the manifests would change, without changing anything (a server-side dry run). Show it by ' +
            'namespace, object and field, with what is interrupted, what can’t be applied, and whose data stays behind. Never show ' +
            'the values of Secrets. Profiles that extend production need --context.',
        )
        .argument('[project...]')
        .addOption(profileOption())
        .addOption(imageTagOption())
        .addOption(jsonOption()),
    ),
  )
    .addHelpText(
      'after',
      `\n${codes}\n\nExamples:\n  repoctl diff\n  repoctl diff turfoo --profile production --context prod-eu\n` +
        '  repoctl diff --profile production --context prod-eu -o json | jq -r ".namespaces[].changes[].name"',
    )
    .action(async (projects: readonly string[], options: Options) => {
      const { showDiff } = await import('../../deploy/diff.ts');
      if (await showDiff(projects, options)) process.exitCode = exitCodes.unhealthy;
    });

const codes =
  'Exit codes: 0 nothing to change; 1 something to change, or something in the way; 2 the configuration is invalid; 3 the cluster\n' +
  'can’t be reached or refuses to be asked.';
