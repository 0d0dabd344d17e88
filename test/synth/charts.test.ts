import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { synthesize } from '../../src/synth/synthesize.ts';
import { inRepository } from '../config/repository.ts';

const chart = 'backends/svc-a/infra/chart.ts';
const adds = `
  import { ConfigMap } from 'cdk8s-plus-28';
  export default (chart) => void new ConfigMap(chart, 'a', { metadata: { name: 'added' }, data: { a: 'b' } });
`;
const repository = join(import.meta.dirname, '..', '..');
const installed = { node_modules: { link: join(repository, 'node_modules') } };

test('a plan without running charts has what they added in an earlier run, and writes nothing for them', async () => {
  await inRepository({ ...installed, [chart]: adds }, async (root) => {
    const options = { profile: 'local', out: join(root, 'dist') };
    const files = () => readdirSync(options.out).map((name) => [name, readFileSync(join(options.out, name), 'utf8')]);
    const ran = await synthesize(root, options);
    const objects = ran.plan.namespaces.find(({ name }) => name === 'alpha')?.objects;
    expect(objects?.filter(({ added }) => added)).toEqual([{ kind: 'ConfigMap', name: 'added', added: true }]);
    const before = files();

    writeFileSync(join(root, chart), 'process.exit(1);');
    const { plan } = await synthesize(root, { ...options, runCharts: false });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(JSON.parse(JSON.stringify(ran.plan)));
    expect(files()).toEqual(before);
    await expect(synthesize(root, options)).rejects.toThrow('ended the run itself, with 1');
  });
});

test('a project with a chart keeps the exceptions of its workloads from Pod Security', async () => {
  const root =
    'command: [sleep, "1"], health: { command: ["true"] }, user: 0, security: { level: baseline, reason: writes below /etc }';
  const project = `name: alpha\nworkloads:\n  root: { kind: worker, image: "busybox:1.37", ${root} }\n`;
  await inRepository({ ...installed, [chart]: adds, 'backends/svc-a/infra/project.yaml': project }, async (folder) => {
    const { plan } = await synthesize(folder, { profile: 'local', out: join(folder, 'dist') });
    const alpha = plan.namespaces.find(({ name }) => name === 'alpha');
    expect(alpha?.labels['pod-security.kubernetes.io/enforce']).toBe('baseline');
    const text = readFileSync(join(folder, 'dist', 'alpha.k8s.yaml'), 'utf8');
    expect(text).toMatch(/runAsUser: 0\n/);
    expect(text).toContain('name: added');
  });
});

test.each([
  ['an ES module', { type: 'module' }],
  ['CommonJS', {}],
])('a chart that is %s gets the classes of repoctl itself, not a second copy of them', async (_, manifest) => {
  const same = `
    import { ConfigMap } from 'cdk8s-plus-28';
    import { ProjectChart } from 'repoctl/constructs';
    export default (chart) => {
      new ConfigMap(chart, 'a', { metadata: { name: chart.constructor === ProjectChart ? 'same' : 'copy' } });
    };
  `;
  const files = {
    [chart]: same,
    'package.json': JSON.stringify(manifest),
    'node_modules/cdk8s-plus-28': { link: join(repository, 'node_modules', 'cdk8s-plus-28') },
    'node_modules/repoctl': { link: repository },
  };
  await inRepository(files, async (folder) => {
    const { plan } = await synthesize(folder, { profile: 'local', out: join(folder, 'dist') });
    const objects = plan.namespaces.find(({ name }) => name === 'alpha')?.objects;
    expect(objects?.filter(({ added }) => added).map(({ name }) => name)).toEqual(['same']);
  });
});
