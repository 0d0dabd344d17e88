import { expect, test } from '@jest/globals';
import { down } from '../../src/lifecycle/down.ts';
import { inRepository, paths } from '../config/repository.ts';

test.each([
  ['lokal', 'no profile "lokal"; allowed: external, local; did you mean "local"?'],
  ['production', 'the profile production is not for development; allowed: local, external'],
])('down refuses the profile %s before it looks for a cluster', async (profile, message) => {
  await inRepository({ [paths.environment]: 'name: monorepo\n' }, async (root) => {
    const lines: string[] = [];
    const stopAll = () => Promise.reject(new Error('stopped'));
    const done = down(root, { profile, report: (line) => lines.push(line) }, { stopAll });
    await expect(done).rejects.toThrow(message);
    expect(lines).toEqual([]);
  });
});
