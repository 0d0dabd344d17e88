import { rabbitmqPasswordFile, rabbitmqPorts } from '../../../../charts/constructs/rabbitmq.ts';
import { lastLine, oneLine } from '../../../platform/text.ts';
import { healthy, type Judgement, type ProgramAnswer, type ProgramCheck, type Target } from '../check.ts';

// Its container has the administrator's name and password; base64 gets them as input.
const script = `
login=$(printf %s:%s "$RABBITMQ_DEFAULT_USER" "$(cat ${rabbitmqPasswordFile})" | base64 -w 0)
exec 3<>/dev/tcp/127.0.0.1/${rabbitmqPorts.console}
printf 'GET /api/health/checks/local-alarms HTTP/1.0\\r\\nAuthorization: Basic %s\\r\\n\\r\\n' "$login" >&3
cat <&3`.trim();

interface Alarms {
  readonly reason?: string;
  readonly alarms?: readonly { readonly resource?: string }[];
}

function parsed(body: string): Alarms {
  try {
    return JSON.parse(body) as Alarms;
  } catch {
    return {};
  }
}

const meanings: Readonly<Record<string, string>> = {
  memory: 'its memory is full: it takes no messages until some are consumed',
  disk: 'its disk is almost full: it takes no messages',
};

/** Judges what the management page says of the login, and of alarms, which stop all who publish. */
export function judgeAlarms({ stdout, stderr }: ProgramAnswer, { run, object }: Target): Judgement {
  const [, status] = /^HTTP\/1\.\d (\d+)/.exec(stdout) ?? [];
  if (status === '200') return healthy;
  if (status === '401')
    return {
      status: 'degraded',
      reason: 'WrongPassword',
      cause: 'it rejects the password of its Secret: its data was created with another password',
      advice: run.kubectl('get secret', object, '-o yaml'),
    };
  const advice = run.serviceLogs(false);
  if (status === undefined)
    return {
      status: 'degraded',
      reason: 'NoAnswer',
      cause: `its management page does not answer: ${lastLine(stderr) ?? 'it says nothing'}`,
      advice,
    };
  const { reason, alarms = [] } = parsed(stdout.slice(stdout.indexOf('\r\n\r\n')));
  const resources = alarms.flatMap(({ resource }) => resource ?? []);
  if (resources.length === 0)
    return {
      status: 'degraded',
      reason: 'CheckFailed',
      cause: `its check of alarms answers ${status}: ${oneLine(reason ?? 'it says nothing')}`,
      advice,
    };
  const cause = resources.map((resource) => meanings[resource] ?? `the alarm "${resource}"`).join('; ');
  return { status: 'degraded', reason: 'Alarm', cause, advice };
}

/** RabbitMQ lets its administrator in, and no alarm stops those who publish. */
export const rabbitmqAlarms: ProgramCheck = {
  name: 'alarms',
  command: () => ['bash', '-c', script],
  judge: judgeAlarms,
};
