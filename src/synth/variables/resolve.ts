import type { ConnectionVariable, SecretKey } from '../../../charts/common/connection.ts';
import { serviceHost } from '../../../charts/common/names.ts';
import type { Endpoint } from '../endpoints.ts';

/** A variable with its value, as a program would see it. */
export interface ResolvedVariable {
  readonly name: string;
  /** `undefined` if the `.env` that it comes from has none. */
  readonly value: string | undefined;
  /** What in the value is nobody's business. */
  readonly secrets: readonly string[];
}

/** The value of a Secret's key. */
export type SecretValue = (secret: string, key: string) => string | undefined;

/** Looks values of Secrets up in `.env` files, by the path of the file and the name of the variable. */
export function secretValues(
  secrets: readonly {
    readonly name: string;
    readonly keys: readonly (Pick<SecretKey, 'key' | 'variable'> & { file: string })[];
  }[],
  files: ReadonlyMap<string, Readonly<Record<string, string>>>,
): SecretValue {
  return (secret, key) => {
    const found = secrets.find(({ name }) => name === secret)?.keys.find((each) => each.key === key);
    return found && files.get(found.file)?.[found.variable];
  };
}

/**
 * Variables with their values. `$(NAME)` stands for an earlier one, as in a pod.
 *
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function resolveVariables(
  variables: readonly ConnectionVariable[],
  secretValue: SecretValue,
): ResolvedVariable[] {
  const known = new Map<string, ResolvedVariable>();
  return variables.map((variable) => {
    const resolved = 'secret' in variable ? ofSecret(variable, secretValue) : expanded(variable, known);
    known.set(resolved.name, resolved);
    return resolved;
  });
}

function ofSecret(
  { name, secret, key }: Extract<ConnectionVariable, { secret: string }>,
  secretValue: SecretValue,
): ResolvedVariable {
  const value = secretValue(secret, key);
  return { name, value, secrets: value ? [value] : [] };
}

function expanded(
  { name, value }: Extract<ConnectionVariable, { value: string }>,
  known: ReadonlyMap<string, ResolvedVariable>,
): ResolvedVariable {
  const secrets: string[] = [];
  let complete = true;
  const text = value.replaceAll(/\$\((\w+)\)/g, (reference, other: string) => {
    const found = known.get(other);
    if (!found) return reference;
    secrets.push(...found.secrets);
    if (found.value === undefined) complete = false;
    return found.value ?? '';
  });
  return { name, value: complete ? text : undefined, secrets };
}

/** The same variables for a program on the developer's machine: addresses of Services become those of fixed ports. */
export function fromHost(variables: readonly ResolvedVariable[], endpoints: readonly Endpoint[]): ResolvedVariable[] {
  const original = new Map(variables.map(({ name, value }) => [name, value]));
  return variables.map((variable) => ({
    ...variable,
    value: variable.value && onHost(variable.name, variable.value, original, endpoints),
  }));
}

/** A host and its ports may be variables apart: `SEARCH_HOST`, `SEARCH_PORT` and `SEARCH_ADMIN_PORT`. */
function hostBeside(name: string, original: ReadonlyMap<string, string | undefined>): string | undefined {
  if (!name.endsWith('_PORT')) return undefined;
  const hosts = [...original.keys()].filter((each) => each.endsWith('_HOST') && name.startsWith(each.slice(0, -4)));
  const [longest] = hosts.sort((one, other) => other.length - one.length);
  return longest && original.get(longest);
}

function onHost(
  name: string,
  given: string,
  original: ReadonlyMap<string, string | undefined>,
  endpoints: readonly Endpoint[],
): string {
  const sibling = hostBeside(name, original);
  for (const { namespace, object, targetPort, hostPort } of endpoints) {
    const host = serviceHost(object, namespace);
    if (given === host) return 'localhost';
    if (sibling === host && given === String(targetPort)) return String(hostPort);
  }
  return endpoints.reduce(
    (value, { namespace, object, targetPort, hostPort }) =>
      value.replaceAll(`${serviceHost(object, namespace)}:${targetPort}`, `localhost:${hostPort}`),
    given,
  );
}

/** A value with `****` for what is secret in it. */
export const masked = ({ value = '', secrets }: ResolvedVariable): string =>
  secrets.reduce((text, secret) => text.replaceAll(secret, '****'), value);

/** A line that sets and exports a variable in a POSIX shell, and in fish 3. */
export const exportLine = (name: string, value: string): string => `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
