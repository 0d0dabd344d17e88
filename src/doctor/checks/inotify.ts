import type { Check } from '../machine-check.ts';

/**
 * What kind advises, since pods that watch files fail with "too many open files" below it.
 *
 * @see https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files
 */
const advised = { watches: 524_288, instances: 512 };

export const checkInotify: Check = ({ system: { inotify } }) => {
  if (!inotify) return [];
  const low = (['watches', 'instances'] as const).filter((name) => inotify[name] < advised[name]);
  const found = `${inotify.watches} watches, ${inotify.instances} instances`;
  if (low.length === 0) return [{ level: 'ok', subject: 'inotify', found }];
  const settings = low.map((name) => `fs.inotify.max_user_${name}=${advised[name]}`).join(' ');
  const wanted = low.map((name) => `${advised[name]} ${name}`).join(' and ');
  return [
    { level: 'warn', subject: 'inotify', found: `${found}; kind advises ${wanted}`, fix: `sudo sysctl -w ${settings}` },
  ];
};
