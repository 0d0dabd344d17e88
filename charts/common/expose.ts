import { z } from 'zod';
import { existingName, httpPath } from './fields.ts';

const hostName = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]([-a-z0-9]*[a-z0-9])?$/,
    'must be a host name such as www.example.com',
  );

const tls = z
  .union([
    z.strictObject({ secret: existingName.describe('Secret with the certificate, which is there already.') }),
    z.strictObject({ issuer: existingName.describe("Issuer of cert-manager in the workload's namespace.") }),
    z.strictObject({ clusterIssuer: existingName.describe('ClusterIssuer of cert-manager.') }),
  ])
  .optional()
  .describe('The certificate: `{secret}`, `{issuer}` or `{clusterIssuer}`. For `via: gateway` the Gateway has it.');

/** Under which address a workload is reached from outside of the cluster. */
export const exposeField = z
  .strictObject({
    host: hostName.describe('Host name.'),
    path: httpPath.default('/').describe('Routes that begin so.'),
    via: z
      .enum(['ingress', 'gateway'])
      .default('ingress')
      .describe("By an Ingress, or by the Gateway API's HTTPRoute."),
    className: existingName.optional().describe("Class of the Ingress. Default: the cluster's."),
    gateway: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be NAMESPACE/NAME of a Gateway')
      .optional()
      .describe('The Gateway, as `NAMESPACE/NAME`. Required for `via: gateway`.'),
    tls,
    hsts: z
      .int()
      .min(0)
      .optional()
      .describe(
        'Seconds for which browsers use HTTPS only (Strict-Transport-Security). For `via: gateway`: an Ingress knows no ' +
          'headers, and ingress-nginx sends one itself.',
      ),
    annotations: z
      .record(z.string().min(1), z.string())
      .default({})
      .describe('Annotations of the Ingress or HTTPRoute.'),
  })
  .superRefine(({ via, className, gateway, tls, hsts }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (via === 'gateway') {
      if (gateway === undefined) refuse('gateway', 'is required for via: gateway');
      if (className !== undefined) refuse('className', 'is for an Ingress');
      if (tls !== undefined) refuse('tls', 'is for an Ingress; a Gateway has the certificates of its listeners');
    } else {
      if (gateway !== undefined) refuse('gateway', 'needs via: gateway');
      if (hsts !== undefined) refuse('hsts', 'needs via: gateway; an Ingress controller is told itself');
    }
  })
  .optional()
  .describe('Under which address it is reached from outside of the cluster; not in development.');

/** Under which address a workload is reached, as the configuration gives it. */
export type Exposure = NonNullable<z.output<typeof exposeField>>;
