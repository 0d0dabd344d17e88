import { tools } from '../../platform/tools/tools.ts';
import type { Check, Row } from '../machine-check.ts';

/** kind and Tilt. What is missing is fetched by `repoctl up`, so that nothing of it is a failure. */
export const checkTools: Check = ({ tools: found }) =>
  found.map((tool): Row => {
    if ('path' in tool) return { level: 'ok', subject: tool.name, found: `${tool.version} (${tool.path})` };
    const purpose = Object.values(tools).find(({ name }) => name === tool.name)?.purpose;
    return {
      level: 'warn',
      subject: tool.name,
      found: `${tool.lack}${purpose ? `; ${purpose}` : ''}`,
      fix: 'repoctl up --yes (fetches it)',
    };
  });
