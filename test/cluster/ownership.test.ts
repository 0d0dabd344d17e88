import { describe, expect, test } from '@jest/globals';
import { labelKeys, namespaceLabels, ownerLabels } from '../../charts/common/labels.ts';
import { isOwn, namespaceRefusal } from '../../src/cluster/ownership.ts';

const owner = { environment: 'dev', tier: 'project', project: 'shop' } as const;
const local = { name: 'local', chain: ['local'] };
const labels = namespaceLabels(owner, local);
const { [labelKeys.managedBy]: _ours, ...unmanaged } = ownerLabels(owner);

describe('an object is repoctl’s own', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['with all of the owner’s labels', ownerLabels(owner), true],
    ['with further ones', { ...ownerLabels(owner), x: 'y' }, true],
    ['applied by Tilt', { ...unmanaged, [labelKeys.managedBy]: 'tilt' }, true],
    ['without saying what applied it', unmanaged, true],
    ['but not without labels', {}, false],
    ['but not with another project’s', ownerLabels({ ...owner, project: 'web' }), false],
    ['but not with another environment’s', ownerLabels({ ...owner, environment: 'prod' }), false],
    ['but not if Helm manages it', { ...unmanaged, [labelKeys.managedBy]: 'Helm' }, false],
  ])('%s', (_, given, own) => expect(isOwn({ metadata: { labels: given } }, labels)).toBe(own));
});

describe('a namespace', () => {
  const refused = (given: Record<string, string>, adopted: string[] = []) =>
    namespaceRefusal({ name: 'shop', labels: given }, { environment: 'dev', adopt: adopted });
  const foreign = 'the namespace shop already exists and is not repoctl’s; nothing was changed';
  const other = 'the namespace shop already exists and belongs to the environment old, not to dev; nothing was changed';
  const production = namespaceLabels(owner, { name: 'staging', chain: ['staging', 'production'] });
  const real = 'the namespace shop is one of a real cluster (profile staging); nothing was changed';
  const renamed = namespaceLabels({ ...owner, environment: 'old' }, local);

  test.each<[string, Record<string, string>, string[], string | undefined]>([
    ['of the environment is its own', labels, [], undefined],
    ['of an earlier version, without a profile', ownerLabels(owner), [], undefined],
    [
      'of a development profile that has a name',
      namespaceLabels(owner, { name: 'x', chain: ['x', 'local'] }),
      [],
      undefined,
    ],
    ['without labels is foreign', {}, [], foreign],
    ['with the labels of a chart of the same name, too', { [labelKeys.partOf]: 'dev' }, [], foreign],
    ['of another environment is that one’s', renamed, [], other],
    ['that was given away is taken', {}, ['shop'], undefined],
    ['of another environment that was given away is taken', renamed, ['shop'], undefined],
    ['is not given away with another', {}, ['web'], foreign],
    ['of a real cluster is refused', production, [], real],
    ['of a real cluster can’t be given away', production, ['shop'], real],
  ])('%s', (_, given, adopted, message) => expect(refused(given, adopted)?.message).toBe(message));

  test.each<[string, Record<string, string>, { manager?: string; subresource?: string }[], boolean]>([
    [
      'that kubectl applied may be one of a real cluster',
      ownerLabels(owner),
      [{ manager: 'kubectl-client-side-apply' }],
      true,
    ],
    ['that Argo CD applied, too', ownerLabels(owner), [{ manager: 'argocd-controller' }], true],
    [
      'that repoctl has applied is for development, whoever did so besides',
      ownerLabels(owner),
      [{ manager: 'kubectl' }, { manager: 'repoctl' }],
      false,
    ],
    ['that nobody applied is for development', ownerLabels(owner), [{ manager: 'kubectl-label' }], false],
    [
      'whose status alone something else wrote is for development',
      ownerLabels(owner),
      [{ manager: 'kubectl', subresource: 'status' }],
      false,
    ],
    ['that says its profile is what it says', labels, [{ manager: 'kubectl' }], false],
  ])('of version 0.1.0 %s', (_, given, managedFields, isRefused) => {
    const refusal = namespaceRefusal({ name: 'shop', labels: given, managedFields }, { environment: 'dev' });
    expect(refusal?.message).toEqual(isRefused ? expect.stringContaining('may be one of a real cluster') : undefined);
    expect(refusal?.advice).toEqual(isRefused ? expect.stringContaining('start shop --adopt shop') : undefined);
    expect(
      namespaceRefusal({ name: 'shop', labels: given, managedFields }, { environment: 'dev', adopt: ['shop'] }),
    ).toBeUndefined();
  });

  test('that is refused says how it can be given away, once', () => {
    expect(refused({})?.advice).toContain('repoctl infra project start shop --adopt shop');
    expect(namespaceRefusal({ name: 'dev' }, { environment: 'dev' })?.advice).toContain(
      'repoctl infra global start --adopt dev',
    );
  });
});

describe('a namespace that is deployed to', () => {
  const deployed = (given: Record<string, string>, adopt: string[] = []) =>
    namespaceRefusal({ name: 'shop', labels: given }, { environment: 'dev', adopt, deploys: 'production' });
  const of = (name: string, ...chain: string[]) => namespaceLabels(owner, { name, chain: [name, ...chain] });

  test.each<[string, Record<string, string>, string[], RegExp | undefined]>([
    ['of its profile is its own', of('production'), [], undefined],
    ['of another real profile is not', of('staging', 'production'), [], /is of the profile staging, not of production/],
    ['of development is not', of('local'), [], /is of the profile local, not of production/],
    ['of development can’t be given away', of('local'), ['shop'], /is of the profile local, not of production/],
    ['made by hand is foreign', {}, [], /already exists and is not repoctl’s/],
    ['made by hand can be given away', {}, ['shop'], undefined],
    ['of an earlier version does not say its profile', ownerLabels(owner), [], /does not say of which profile/],
    ['of an earlier version can be given away', ownerLabels(owner), ['shop'], undefined],
    [
      'of another environment is that one’s',
      namespaceLabels({ ...owner, environment: 'old' }, local),
      [],
      /belongs to the environment old/,
    ],
  ])('%s', (_, given, adopt, message) => {
    const refusal = deployed(given, adopt)?.message;
    if (message) expect(refusal).toMatch(message);
    else expect(refusal).toBeUndefined();
  });

  test('says how it can be given away', () => {
    expect(deployed({})?.advice).toContain('repoctl deploy --profile production --adopt shop');
  });
});
