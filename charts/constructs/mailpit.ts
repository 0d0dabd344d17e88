import type { Construct } from 'constructs';
import { z } from 'zod';
import { hostPort, image, resources, storage } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectName, serviceHost, variableName } from '../common/names.ts';
import { probeAction, probes } from '../common/probes.ts';
import { noNodesUser } from '../common/security.ts';
import { StatefulService } from './stateful-service.ts';

const component = 'mail';
const mailpitPorts = { smtp: 1025, console: 8025 };
/** Where it keeps the letters, and the uid that it runs as: any. */
export const mailpitFolder = '/data';
export const mailpitUser = noNodesUser;

const schema = z.strictObject({
  image: image(images.mailpit),
  storage: storage('256Mi'),
  maximum: z.int().min(1).default(500).describe('Number of letters that it keeps; the oldest give way.'),
  hostPort: hostPort.optional(),
  consoleHostPort: hostPort.optional().describe('Port of its web page on the developer’s machine.'),
  resources: resources(['10m', '32Mi'], ['500m', '128Mi']),
});

type MailpitSettings = z.output<typeof schema>;

/** Mailpit, which takes each letter and delivers none: a StatefulSet of one pod. */
export class Mailpit extends StatefulService {
  constructor(scope: Construct, service: Service<MailpitSettings>, { development }: ServiceContext) {
    const { settings } = service;
    super(scope, service.name, {
      labelled: labelled(service, component),
      user: mailpitUser,
      graceSeconds: 15,
      headless: !development,
      claim: { path: mailpitFolder, size: settings.storage },
      container: {
        name: 'mailpit',
        image: settings.image,
        ports: mailpitPorts,
        variables: [
          { name: 'MP_DATABASE', value: `${mailpitFolder}/mailpit.db` },
          { name: 'MP_MAX_MESSAGES', value: String(settings.maximum) },
          // Programs that log in, as they do elsewhere, may do so with any name and password.
          { name: 'MP_SMTP_AUTH_ACCEPT_ANY', value: 'true' },
          { name: 'MP_SMTP_AUTH_ALLOW_INSECURE', value: 'true' },
          { name: 'MP_DISABLE_VERSION_CHECK', value: 'true' },
        ],
        resources: settings.resources,
        probes: probes(
          {
            ready: probeAction({ path: '/readyz' }, mailpitPorts.console),
            alive: probeAction({ path: '/livez' }, mailpitPorts.console),
          },
          60,
        ),
      },
    });
  }
}

const greets = (host: string, port: string) =>
  `
said=$(printf 'QUIT\\r\\n' | timeout -s KILL 10 nc "$${host}" "$${port}")
case $said in 220*) ;; *) echo "it greets with: \${said:-nothing}"; exit 1 ;; esac`.trim();

export const mailpit: ServiceKind<MailpitSettings> = {
  summary:
    'Mailpit, a mail server that shows each letter on its web page and delivers none. Gives `SMTP_HOST`, `SMTP_PORT` and `SMTP_URL`.',
  component,
  schema,
  compose: {
    images: ['axllent/mailpit', 'mailhog/mailhog'],
    client: (service) => ({
      port: mailpitPorts.smtp,
      url: { variable: variableName(service, 'SMTP_URL'), schemes: ['smtp'] },
    }),
  },
  controller: () => 'StatefulSet',
  ports: (settings) => [
    { name: 'smtp', port: mailpitPorts.smtp, scheme: 'smtp', hostPort: settings.hostPort },
    { name: 'console', port: mailpitPorts.console, protocol: 'http', hostPort: settings.consoleHostPort },
  ],
  managedPorts: [465, 587],
  secrets: () => [],
  connect(service, { project }) {
    const [host, port, url] = ['SMTP_HOST', 'SMTP_PORT', 'SMTP_URL'].map((plain) => variableName(service, plain)) as [
      string,
      string,
      string,
    ];
    const address = serviceHost(service.object, service.namespace);
    return {
      promises: [host, port, url],
      secret: { name: objectName(project, service.name), keys: [] },
      variables: [
        { name: host, value: address },
        { name: port, value: String(mailpitPorts.smtp) },
        { name: url, value: `smtp://${address}:${mailpitPorts.smtp}` },
      ],
      ready: { image: images.busybox, script: greets(host, port) },
    };
  },
  build: (scope, service, context) => new Mailpit(scope, service, context),
};
