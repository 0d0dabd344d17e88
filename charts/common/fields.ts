import { z } from 'zod';

/** The longest name an object may have: Kubernetes appends 11 characters to it in labels of StatefulSets' and CronJobs' pods. */
export const maximumObjectName = 52;

/** A name that can be part of an object's name and of a host name (RFC 1123 label). */
export const dnsLabel = z
  .string()
  .max(40, 'is longer than 40 characters')
  .regex(
    /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    'must be lower-case letters, digits and "-", beginning with a letter (RFC 1123)',
  );

/** The name of an object that somebody else makes (RFC 1123 subdomain). */
export const existingName = z
  .string()
  .max(253, 'is longer than 253 characters')
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be the name of an object: lower-case letters, digits, "-" and "."');

const quantityRule = 'must be a Kubernetes quantity such as 100m, 1, 64Mi or 1Gi';
const quantityPattern = /^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/;

const units: Record<string, number> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** An amount as Kubernetes writes it: `100m`, `1`, `64Mi`, `1Gi`. */
export const quantityText = z
  .string()
  .regex(quantityPattern, quantityRule)
  .refine((text) => !(amount(text) >= 2 ** 63), 'is more than Kubernetes can count');

/** The number that a quantity stands for, in cores or bytes; `NaN` if the text is not a quantity. */
export function amount(text: string): number {
  const match = quantityPattern.exec(text);
  return match ? Number.parseFloat(text) * (units[match[2] ?? ''] ?? Number.NaN) : Number.NaN;
}

// Numbers of many digits print as 1e+21.
const cpuNumber = z
  .number()
  .positive()
  .refine((number) => number <= 0 || quantityPattern.test(String(number)), quantityRule)
  .transform(String);
const cpu = z.union([quantityText, cpuNumber]);

/** Amounts by the resource's name; cpu and memory are always stated. */
type Amounts = Readonly<Record<string, string>> & { readonly cpu: string; readonly memory: string };

/** What a container asks for and may use, both always stated. Each value that is left out keeps its default. */
export interface Resources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** Resources that a node's owner adds, such as GPUs; huge pages are like them: whole numbers, and no more than was asked for. */
const extendedName = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?|hugepages-\d+[KMG]i)$/;

const extendedAmount = z.union([quantityText, z.number().positive().transform(String)]);

const plainResources = ['cpu', 'memory', 'ephemeral-storage'];

/**
 * The `resources` field of a kind of service or workload.
 *
 * @param defaults what a container of that kind gets without it, as `[cpu, memory]` pairs
 */
export function resources(requests: readonly [string, string], limits: readonly [string, string]) {
  const pair = (what: string, [defaultCpu, defaultMemory]: readonly [string, string], more: string) =>
    z
      .object({
        cpu: cpu.prefault(defaultCpu).describe(`CPU ${what}, in cores.`),
        memory: quantityText.prefault(defaultMemory).describe(`Memory ${what}, in bytes.`),
        'ephemeral-storage': quantityText.optional().describe(`Disk of the node ${what}, in bytes. ${more}`.trim()),
      })
      .catchall(extendedAmount)
      .prefault({});
  return z
    .strictObject({
      requests: pair('that is reserved for it', requests, ''),
      limits: pair('that it may use', limits, 'Other resources of nodes are possible, such as `nvidia.com/gpu: 1`.'),
    })
    .superRefine((value, context) => {
      const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
      for (const name of ['cpu', 'memory', 'ephemeral-storage'] as const) {
        const [request, limit] = [value.requests[name] ?? '', value.limits[name] ?? ''];
        if (amount(request) > amount(limit))
          refuse(['requests', name], `${name} request ${request} is above the limit ${limit}`);
      }
      for (const side of ['requests', 'limits'] as const) {
        const others = Object.entries(value[side]).filter(([name]) => !plainResources.includes(name));
        for (const [name, text] of others as [string, string][]) {
          if (!extendedName.test(name))
            context.addIssue({ code: 'unrecognized_keys', keys: [name], path: [side], input: value[side] });
          else if (side === 'requests' && value.limits[name] !== text)
            refuse(
              [side, name],
              `must be the same under limits: Kubernetes gives no more of ${name} than was reserved`,
            );
          else if (!Number.isInteger(amount(text))) refuse([side, name], `must be a whole number`);
        }
      }
    })
    .transform((value): Resources => {
      // Kubernetes would set aside as much by itself.
      const extended = Object.entries(value.limits).filter(([name]) => !plainResources.includes(name));
      return { requests: { ...value.requests, ...Object.fromEntries(extended) }, limits: value.limits } as Resources;
    })
    .prefault({})
    .describe('The resources that Kubernetes reserves for the container, and the most it may use.');
}

/** A port of a container. */
export const port = z.int().min(1).max(65535);

/** The fixed port on the developer's machine. */
export const hostPort = z
  .int()
  .min(1024, 'must be 1024 or above: lower ports need root')
  .max(65535)
  .describe('Port on your machine that leads here during development. Unique in the environment.');

/** An image by name and tag or digest. */
export const imageReference = z
  .string()
  .regex(
    /^[a-z0-9]+([._/-][a-z0-9]+)*(:\d+(\/[a-z0-9]+([._/-][a-z0-9]+)*)+)?(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
    'is not an image reference (name:tag)',
  )
  .refine((text) => /@sha256:|:[\w.-]+$/.test(text), 'needs a tag or a digest, for instance redis:7.4.5')
  .refine(
    (text) => !text.endsWith(':latest'),
    'may not use the tag "latest": the image would change without a change here',
  );

/** A replaceable image of a kind that repoctl brings. */
export const image = (pinned: string) =>
  imageReference.default(pinned).describe('Image to run instead of the pinned one.');

/** Size of a claim. */
export const storage = (size: string) => quantityText.default(size).describe('Size of the claim that holds the data.');

// No process can be given one.
const hasNoNull = (text: string): boolean => !text.includes('\0');
const nullRule = 'may not contain the character NUL';

/** A program and its arguments; no shell. */
export const command = z.array(z.string().min(1).refine(hasNoNull, nullRule)).min(1);

/** Name of an environment variable. */
export const environmentVariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name for an environment variable');

/** Plain value of an environment variable. */
export const plainValue = z.union([
  z.string().refine(hasNoNull, nullRule),
  z.number().transform(String),
  z.boolean().transform(String),
]);

/** A numeric user id. That of root needs an exception of the pod's security. */
export const userId = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

/** A path inside a container. */
export const absolutePath = z.string().regex(/^\/[^\s:]*$/, 'must be an absolute path');

/** A path of an HTTP route. */
export const httpPath = z.string().regex(/^\/\S*$/, 'must be a path that begins with /, for instance /health');

/** The name of a Secret (RFC 1123 subdomain). */
export const secretName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be the name of a Secret: lower-case letters, digits, "-" and "."');

/** A number of seconds. */
export const seconds = z.int().min(0).max(86400);
