/** Whether a pattern of `projects` in repoctl.yaml leads to a folder. */
export function leadsTo(pattern: string, directory: string): boolean {
  const segments = (path: string) => path.split('/').filter((segment) => segment !== '' && segment !== '.');
  const [given, wanted] = [segments(directory), segments(pattern)];
  return given.length === wanted.length && wanted.every((segment, index) => matches(segment, given[index] ?? ''));
}

function matches(segment: string, name: string): boolean {
  if (!segment.includes('*')) return segment === name;
  const quoted = segment.split('*').map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return !name.startsWith('.') && new RegExp(`^${quoted.join('.*')}$`).test(name);
}
