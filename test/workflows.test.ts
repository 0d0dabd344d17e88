import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { makeProgram } from '../src/cli/program.ts';
import { copyRepository } from './synth/repository.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.github', 'workflows');

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': unknown };
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly uses?: string;
        readonly environment?: string;
        readonly 'timeout-minutes'?: number;
        readonly steps?: readonly Step[];
      }
    >
  >;
}

const workflows = new Map(
  readdirSync(folder).map((name) => [name, parse(readFileSync(join(folder, name), 'utf8')) as Workflow]),
);
const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps = [] }) => steps);
const all = [...workflows].flatMap(([name, workflow]) => stepsOf(workflow).map((step) => ({ name, step })));
const runs = all.flatMap(({ name, step }) => (step.run === undefined ? [] : [{ name, run: step.run }]));

/** The command lines of a program in a script, as words; what the shell puts in stays as it is. */
const commandLines = (script: string, program: RegExp): string[][] =>
  script
    .split('\n')
    .flatMap((line) => program.exec(line)?.[1] ?? [])
    .map((rest) =>
      (rest.split(/ (?:\||\|\||&&|>) ?/)[0] ?? '')
        .trim()
        .split(/\s+/)
        .map((word) => word.replace(/^"(.*)"$/, '$1')),
    );

test('there is one for each part of a delivery', () => {
  expect([...workflows.keys()].sort()).toEqual(['ci.yml', 'deploy.yml', 'images.yml', 'roll-out.yml', 'rollback.yml']);
});

describe('every command of repoctl in a workflow', () => {
  const lines = runs.flatMap(({ name, run }) =>
    commandLines(run, /\bnpx repoctl (.*)$/).map((words) => ({ name, words })),
  );

  test('is found', () => {
    const commands = new Set(lines.map(({ words }) => words.slice(0, words[0] === 'images' ? 2 : 1).join(' ')));
    expect([...commands].sort()).toEqual(['deploy', 'diff', 'images lock', 'status', 'synth', 'validate']);
  });

  test.each(lines.map(({ name, words }) => [`${name}: repoctl ${words.join(' ')}`, words] as const))(
    '%s',
    (_, words) => {
      let command: Command = makeProgram('0.0.0');
      const rest = [...words];
      for (let next = named(command, rest[0]); next; next = named(command, rest[0])) {
        command = next;
        rest.shift();
      }
      expect(command.parent).not.toBeNull();
      command.exitOverride().action(() => undefined);
      // Unknown options, missing ones and values that are not allowed are errors.
      expect(() => command.parse(rest, { from: 'user' })).not.toThrow();
    },
  );
});

const named = (command: Command, name: string | undefined): Command | undefined =>
  command.commands.find((each) => each.name() === name);

test('every script of npm in a workflow is one of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const used = runs.flatMap(({ run }) => commandLines(run, /\bnpm run (.*)$/).map(([name]) => name));
  expect(used.length).toBeGreaterThan(1);
  for (const name of used) expect(Object.keys(scripts)).toContain(name);
});

describe.each([...workflows])('%s', (_, workflow) => {
  test('has scripts that a shell can read, into which nothing is put but by variables', () => {
    for (const { run } of stepsOf(workflow)) {
      if (run === undefined) continue;
      expect(spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
      expect(run).not.toContain('${{');
    }
  });

  test('may only read unless a job says more, and each of its jobs has an end', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const job of Object.values(workflow.jobs)) if (!job.uses) expect(job['timeout-minutes']).toBeLessThan(61);
  });

  test('uses actions of a fixed version, and workflows that there are', () => {
    const uses = [...stepsOf(workflow), ...Object.values(workflow.jobs)].flatMap((each) => each.uses ?? []);
    for (const each of uses)
      if (each.startsWith('./')) expect([each, existsSync(join(root, each))]).toEqual([each, true]);
      else expect(each).toMatch(/^[\w-]+\/[\w-]+@(v?\d+(\.\d+)*|[0-9a-f]{40})$/);
  });
});

// As GitHub runs them, in a copy of this repository: what is outside of it (npm, the registry, the cluster) is a stand-in.
describe('the steps of a workflow', () => {
  let copy: string;
  let bin: string;
  beforeAll(() => {
    copy = copyRepository();
    bin = join(copy, 'stand-ins');
    mkdirSync(bin);
    const script = (name: string, text: string) => {
      writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    // `npx repoctl ARGUMENTS`: what needs a cluster or a registry only says that it was called, and ends as asked for.
    script(
      'npx',
      `echo "$*" >> "$CALLS"; shift
case $1 in validate|synth) exec '${process.execPath}' '${join(root, 'bin', 'repoctl.mjs')}' "$@" ;; esac
exit "\${ENDS:-0}"`,
    );
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  /** Runs one by its name. @returns how it ended, the commands that it called, and what it hands to later steps */
  function runStep(file: string, name: string, variables: Readonly<Record<string, string>> = {}) {
    const step = stepsOf(workflows.get(file) as Workflow).find((each) => each.name === name);
    const handed = Object.fromEntries(
      ['CALLS', 'GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY'].map((key) => [key, join(copy, key)]),
    );
    for (const path of Object.values(handed)) writeFileSync(path, '');
    const { status, stderr } = spawnSync('bash', ['-e', '-c', step?.run ?? 'exit 99'], {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, RUNNER_TEMP: copy, ...handed, ...variables },
    });
    const text = (key: string) => readFileSync(join(copy, key), 'utf8');
    return { status, stderr, calls: text('CALLS'), output: text('GITHUB_OUTPUT'), variables: text('GITHUB_ENV') };
  }
  const deployed = { PROFILE: 'production', IMAGE_TAG: '1.2.3', CONTEXT: 'prod' };

  test('of a check accept this repository', () => {
    expect(runStep('ci.yml', 'validate')).toMatchObject({
      status: 0,
      calls: 'repoctl validate --profile production\n',
    });
    const { status, calls } = runStep('ci.yml', 'manifests in Git are up to date');
    expect([status, calls]).toEqual([0, 'repoctl synth --profile production\n']);
    expect(existsSync(join(copy, 'dist', 'production', 'plan.json'))).toBe(true);
  });

  (spawnSync('jq', ['--version']).status === 0 ? test : test.skip)('of a build list images that can be built', () => {
    const { status, output, stderr } = runStep('images.yml', 'list the images', deployed);
    expect([status, stderr]).toEqual([0, expect.any(String)]);
    const images = JSON.parse(output.replace(/^images=/, '')) as {
      reference: string;
      context: string;
      dockerfile: string;
    }[];
    expect(images.length).toBeGreaterThan(0);
    for (const { reference, context, dockerfile } of images) {
      expect(reference).toMatch(/:1\.2\.3$/);
      expect([existsSync(join(copy, context)), existsSync(join(copy, dockerfile))]).toEqual([true, true]);
    }
  });

  test('of a deployment keep the kubeconfig for themselves, and remove it', () => {
    const kubeconfig = join(copy, 'kubeconfig');
    const { status, variables } = runStep('roll-out.yml', 'kubeconfig', { KUBECONFIG_TEXT: 'secret' });
    expect([status, variables]).toEqual([0, `KUBECONFIG=${kubeconfig}\n`]);
    expect([readFileSync(kubeconfig, 'utf8'), statSync(kubeconfig).mode & 0o777]).toEqual(['secret', 0o600]);
    expect(runStep('roll-out.yml', 'remove the kubeconfig').status).toBe(0);
    expect(existsSync(kubeconfig)).toBe(false);
  });

  test.each([
    ['nothing changes', '0', 0],
    ['something changes', '1', 0],
    ['the cluster can’t be read', '3', 3],
  ])('of a deployment go on as they should where %s', (_, ends, status) => {
    expect(runStep('roll-out.yml', 'what changes', { ...deployed, ENDS: ends }).status).toBe(status);
  });

  test('of a deployment fail with it', () => {
    expect(runStep('roll-out.yml', 'deploy', { ...deployed, ENDS: '1' })).toMatchObject({
      status: 1,
      calls: 'repoctl deploy --profile production --image-tag 1.2.3 --context prod --yes --timeout 600\n',
    });
  });
});

describe('deployments', () => {
  const deploy = workflows.get('deploy.yml') as Workflow;
  const rollback = workflows.get('rollback.yml') as Workflow;

  test('of dev go to dev, of main to production, whose environment asks for an approval', () => {
    expect(deploy.on).toEqual({ push: { branches: ['main', 'dev'] } });
    const environment = "${{ github.ref_name == 'main' && 'production' || 'dev' }}";
    expect(deploy.jobs.deploy).toMatchObject({ with: { environment }, needs: 'images' });
    expect(workflows.get('roll-out.yml')?.jobs['roll-out']?.environment).toBe('${{ inputs.environment }}');
  });

  test('and the way back never run side by side in an environment, and are not broken off', () => {
    for (const { concurrency } of [deploy, rollback]) {
      expect(concurrency?.group).toMatch(/^deploy-\$\{\{ /);
      expect(concurrency?.['cancel-in-progress']).toBe(false);
    }
  });

  test('are of images with an SBOM and provenance', () => {
    const build = workflows
      .get('images.yml')
      ?.jobs.build?.steps?.find(({ uses }) => uses?.startsWith('docker/build-push-action'));
    expect(build).toMatchObject({ with: { push: true, sbom: true, provenance: 'mode=max' } });
  });
});
