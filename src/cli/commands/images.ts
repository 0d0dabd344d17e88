import { Command } from 'commander';
import { exitCodes } from '../../platform/errors.ts';
import { printJson, printLine, printLines } from '../../platform/terminal/print.ts';
import { tableLines } from '../../platform/terminal/text-table.ts';
import { counted } from '../../platform/text.ts';
import { breakable } from '../breakable.ts';
import {
  imageTagOption,
  type JsonOptions,
  jsonOption,
  type ProfileOptions,
  report,
  requiredProfileOption,
} from './options.ts';

type Options = ProfileOptions & { readonly imageTag?: string };

export const imagesCommand = () =>
  new Command('images')
    .summary('lock the images of a profile to their digests')
    .description('Lock the images of a profile, those that projects build and those of others, to their digests.')
    .addCommand(lockCommand())
    .addCommand(listCommand())
    .addCommand(diffLockCommand());

const lockCommand = () =>
  new Command('lock')
    .summary('write the digests of all images into images.lock')
    .description(
      'Ask the registries which digest each image of a profile has now, and write images.lock beside repoctl.yaml; commit it. `synth` ' +
        'then names the images by tag and digest, so that what was tested is what runs. Use the logins of `docker login`.',
    )
    .addOption(requiredProfileOption())
    .addOption(imageTagOption())
    .addHelpText('after', '\nExamples:\n  repoctl images lock --profile production --image-tag 1.4.2')
    .action(async (options: Options) => {
      await breakable('images.lock was not changed.', async (signal) => {
        const { lockImages } = await import('../../deploy/images/lock.ts');
        const changes = await lockImages({ ...options, signal });
        for (const { reference, to } of changes) report(`${reference}: ${to ?? 'no longer used'}`);
        report(changes.length > 0 ? `images.lock: ${counted(changes.length, 'change')}` : 'images.lock: up to date');
      });
    });

const listCommand = () =>
  new Command('list')
    .summary('list the images of a profile with what is locked')
    .description(
      'List the images that the manifests of a profile name, who builds them, what is locked, and what runs them.',
    )
    .addOption(requiredProfileOption())
    .addOption(imageTagOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl images list --profile production\n  repoctl images list --profile production -o json',
    )
    .action(async (options: Options & JsonOptions) => {
      const { imagesOf } = await import('../../deploy/images/lock.ts');
      const { uses, digests } = await imagesOf(options);
      if (options.output === 'json')
        return printJson(uses.map((use) => ({ ...use, digest: digests[use.reference] ?? null })));
      const rows = uses.map(({ reference, built, users }) => [
        reference,
        built ? 'ours' : 'theirs',
        digests[reference]?.slice(0, 19) ?? 'not locked',
        users[0] === undefined || users.length === 1 ? (users[0] ?? '') : `${users[0]} and ${users.length - 1} more`,
      ]);
      printLines(tableLines([['IMAGE', 'BUILT', 'DIGEST', 'USED BY'], ...rows]));
    });

const diffLockCommand = () =>
  new Command('diff')
    .summary('show which tags lead to other images than images.lock says')
    .description(
      'Ask the registries, and show each image whose tag leads to another digest than images.lock says, that is not locked, or that ' +
        'is locked and no longer used.',
    )
    .addOption(requiredProfileOption())
    .addOption(imageTagOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExit codes: 0 images.lock is up to date; 1 it is not, or an image was not found.\n\n' +
        'Examples:\n  repoctl images diff --profile production',
    )
    .action(async (options: Options & JsonOptions) => {
      await breakable('Nothing was changed.', async (signal) => {
        const { lockedAndNow } = await import('../../deploy/images/lock.ts');
        const { changes } = await lockedAndNow({ ...options, signal });
        if (options.output === 'json') printJson(changes);
        else
          printLines(
            changes.map(
              ({ reference, from, to }) => `${reference}: ${from ?? 'not locked'} → ${to ?? 'no longer used'}`,
            ),
          );
        if (changes.length > 0) process.exitCode = exitCodes.unhealthy;
        else if (options.output !== 'json') printLine('images.lock: up to date');
      });
    });
