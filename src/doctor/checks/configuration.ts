import { counted } from '../../platform/text.ts';
import type { Check, Row } from '../machine-check.ts';
import type { ConfigurationFacts } from '../machine-facts.ts';

export const checkConfiguration: Check = ({ configuration }) => {
  if (configuration.root === undefined) {
    const found = 'there is no repoctl.yaml here or above';
    const fix = 'repoctl init, or cd into the folder that has one';
    return [{ level: 'warn', subject: 'configuration', found, fix }];
  }
  return [checkProjects(configuration), ...checkCluster(configuration)];
};

function checkProjects({ root, name, problems }: ConfigurationFacts): Row {
  const subject = 'configuration';
  if (problems.length === 0) return { level: 'ok', subject, found: `${name} (${root})` };
  const count = counted(problems.length, 'problem');
  return { level: 'fail', subject, found: `${count}: ${problems[0]}`, fix: 'repoctl validate' };
}

const checkCluster = ({ clusterProblem }: ConfigurationFacts): Row[] =>
  clusterProblem === undefined
    ? []
    : [
        {
          level: 'fail',
          subject: 'kind-config',
          found: clusterProblem,
          fix: 'correct kind-config.yaml, or repoctl init',
        },
      ];
