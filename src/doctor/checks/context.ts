import type { Check } from '../check.ts';

export const checkContext: Check = ({ context, configuration }) => {
  const subject = 'kubectl context';
  if (context.name !== undefined) return [{ level: 'ok', subject, found: `${context.name} (${context.server})` }];
  return [
    {
      level: 'warn',
      subject,
      found: context.problem ?? 'there is none',
      fix: `repoctl up, or kubectl config use-context kind-${configuration.cluster ?? 'NAME'}`,
    },
  ];
};
