/** What a Dockerfile tells of the image. */
export interface DockerfileFacts {
  /** Ports of `EXPOSE` of its last stages. */
  readonly ports: readonly number[];
  /** Numeric user and group of its last `USER`, if they are numbers. */
  readonly user?: number;
  readonly group?: number;
}

/** Reads what a Dockerfile says of its last stage, and of those that it is made from as far as they say more. */
export function dockerfileFacts(text: string): DockerfileFacts {
  const instructions = text
    .replaceAll(/\\[ \t]*\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => /^\s*(\w+)\s+(.*?)\s*$/.exec(line))
    .flatMap((match) => (match ? [{ name: (match[1] ?? '').toUpperCase(), value: match[2] ?? '' }] : []));
  const last = (name: string) => instructions.filter((each) => each.name === name).at(-1)?.value;
  const [, user, group] = /^(\d+)(?::(\d+))?$/.exec(last('USER') ?? '') ?? [];
  const ports = (last('EXPOSE') ?? '').split(/\s+/).map((port) => Number(port.replace(/\/tcp$/, '')));
  return {
    ports: ports.filter((port) => Number.isInteger(port) && port > 0 && port < 65536),
    // Containers never run as root.
    user: user && Number(user) > 0 ? Number(user) : undefined,
    group: group === undefined ? undefined : Number(group),
  };
}
