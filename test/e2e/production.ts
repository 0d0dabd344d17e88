import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { Plan } from '../../src/synth/plan.ts';
import { bases, cluster, context, loadPublicImages, makeAvailable, readPlan } from './environment.ts';
import { run } from './run.ts';

/** Applies objects as whoever runs a real cluster does. */
export const apply = (text: string): void => {
  run('kubectl', ['--context', context, 'apply', '--server-side', '-f', '-'], { input: text });
};

/** Gives a real cluster what repoctl leaves to it: the Secrets that the manifests name, with passwords of the profile's own. */
export function supplySecrets({ namespaces, profile }: Plan): void {
  for (const { name: namespace, labels, secrets } of namespaces) {
    const made = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
      ...secrets.map(({ name, keys }) => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        stringData: Object.fromEntries(keys.map(({ key, variable }) => [key, `${profile}-${variable}-0123456789`])),
      })),
    ];
    apply(made.map((each) => JSON.stringify(each)).join('\n---\n'));
  }
}

/** Lets production have the images that are on the node: this repository's has them pulled each time, and no registry has them. */
export function useLoadedImages(root: string): void {
  const path = join(root, 'repoctl.yaml');
  const document = parseDocument(readFileSync(path, 'utf8'));
  document.setIn(['profiles', 'production', 'pull'], document.createNode({ policy: 'IfNotPresent' }));
  writeFileSync(path, String(document));
}

/** Builds a repository's images for production, and brings them and all that its manifests name onto the node. */
export function loadProductionImages(root: string): void {
  const plan = readPlan(root, 'production');
  for (const build of plan.namespaces.flatMap(({ images }) => images)) {
    makeAvailable(bases(root, build.dockerfile));
    const target = build.target ? ['--target', build.target] : [];
    const args = ['build', '--quiet', '--tag', build.reference, '--file', build.dockerfile, ...target, build.context];
    run('docker', args, { cwd: root, env: { DOCKER_BUILDKIT: '1' } });
    run('kind', ['load', 'docker-image', '--name', cluster, build.reference]);
  }
  loadPublicImages(root, plan, cluster, 'production');
}
