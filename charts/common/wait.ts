import type { CommandCheck, ReadyCheck, Variable } from './connection.ts';
import type { ContainerProps } from './pod.ts';

/** How long a pod waits for what it depends on before it fails and is started again. */
const limitSeconds = 300;

/** How long one question may take: a server that is stuck accepts connections and never answers. */
const questionSeconds = 30;

// $0 what is awaited, $1 the limit in seconds, then the check: a program and its arguments. A shell that is process 1
// ignores SIGTERM unless it is told otherwise, and heeds it only while it waits for a job of its own.
const loop = `
trap 'exit 143' TERM
target=$0 limit=$1 question=${questionSeconds} told=; shift
end=$(( $(date +%s) + limit ))
bound=
if command -v timeout >/dev/null; then bound="timeout -k 1 $question"; fi
asks() {
  $bound "$@" >/tmp/answer 2>&1 &
  wait $!
  code=$?
  case $code in 124|137|143) echo "no answer within $question s" >>/tmp/answer ;; esac
  return $code
}
echo "waiting for $target, at most $limit s"
until asks "$@"; do
  if [ "$(date +%s)" -ge "$end" ]; then
    echo "gave up: $target did not answer within $limit s; the last answer was:"
    cat /tmp/answer
    exit 1
  fi
  answer=
  while IFS= read -r line || [ -n "$line" ]; do answer=\${line:-$answer}; done </tmp/answer
  [ "$answer" = "$told" ] || echo "no answer yet: $answer"
  told=$answer
  sleep 1
done
echo "$target answers"
`.trim();

/** What a pod can wait for. */
export interface Awaited {
  /** `namespace/object`, for messages. */
  readonly target: string;
  /** Name of the container, unique in the pod. */
  readonly name: string;
  readonly check: ReadyCheck | CommandCheck;
  readonly variables: readonly Variable[];
}

/** An init container that ends when what is awaited answers, and fails with a message after five minutes. */
export function waitFor({ target, name, check, variables }: Awaited): ContainerProps {
  const program = 'script' in check ? ['sh', '-c', check.script] : check.command;
  return {
    name: `wait-${name}`,
    image: check.image,
    command: ['sh', '-c', loop, target, String(limitSeconds), ...program],
    variables,
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
  };
}
