import { relative, resolve } from 'node:path';
import { Command } from 'commander';
import { exitCodes } from '../../platform/errors.ts';
import { printLine, printLines } from '../../platform/terminal/print.ts';
import { counted } from '../../platform/text.ts';
import type { Synthesis } from '../../synth/synthesize.ts';
import { imageTagOption, type ProfileOptions, profileOption } from './options.ts';

interface Options extends ProfileOptions {
  readonly project?: string[];
  readonly out?: string;
  readonly imageTag?: string;
  readonly check?: boolean;
}

export const synthCommand = () =>
  new Command('synth')
    .summary('write the Kubernetes manifests and the plan')
    .description(
      'Write dist/<profile>/<namespace>.k8s.yaml and dist/<profile>/plan.json from repoctl.yaml and the projects. ' +
        'Leave unchanged files untouched; remove files of an earlier run that are no longer made.',
    )
    .addOption(profileOption())
    .option('--project <name...>', 'only these projects, what they need, and the global tier')
    .option('--out <dir>', 'folder to write (default: dist/<profile>; $CDK8S_OUTDIR under the cdk8s CLI)')
    .addOption(imageTagOption())
    .option('--check', 'write nothing; exit 1 if the folder is out of date')
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl synth\n  repoctl synth --profile production --image-tag 1.4.2\n' +
        '  repoctl synth --project turfoo --out /tmp/turfoo\n  repoctl synth --check',
    )
    .action(async (options: Options) => {
      const started = performance.now();
      const { findRoot } = await import('../../config/root.ts');
      const { defaultOut, synthesize } = await import('../../synth/synthesize.ts');
      const root = findRoot(process.cwd());
      const given = options.out ?? process.env.CDK8S_OUTDIR;
      const out = given ? resolve(given) : defaultOut(root, options.profile);
      const synthesis = await synthesize(root, { ...options, projects: options.project, out });
      const folder = `${relative(process.cwd(), out) || '.'}/`;
      if (options.check) return reportCheck(synthesis, folder, options);
      const seconds = ((performance.now() - started) / 1000).toFixed(2);
      printLine(`${folder}: ${summary(synthesis)} (${seconds} s)`);
    });

/** `4 namespaces; 1 file written, 4 unchanged, 1 removed` */
function summary({ plan, changes, files }: Synthesis): string {
  const written = changes.written.length;
  const parts = [
    `${counted(written, 'file')} written`,
    `${files - written} unchanged`,
    ...(changes.removed.length > 0 ? [`${changes.removed.length} removed`] : []),
  ];
  return `${counted(plan.namespaces.length, 'namespace')}; ${parts.join(', ')}`;
}

function reportCheck({ changes }: Synthesis, folder: string, { profile, imageTag }: Options): void {
  const stale = [
    ...changes.written.map((name) => `${folder}${name}: out of date`),
    ...changes.removed.map((name) => `${folder}${name}: no longer made`),
  ];
  if (stale.length === 0) {
    printLine(`${folder}: up to date`);
    return;
  }
  printLines(stale);
  const given = [
    ...(profile === 'local' ? [] : ['--profile', profile]),
    ...(imageTag ? ['--image-tag', imageTag] : []),
  ];
  printLine(`Run: ${['repoctl synth', ...given].join(' ')}`);
  process.exitCode = exitCodes.unhealthy;
}
