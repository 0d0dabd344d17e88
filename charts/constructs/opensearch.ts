import type { Construct } from 'constructs';
import { z } from 'zod';
import { amount, hostPort, image, resources, storage } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectName, serviceHost, variableName } from '../common/names.ts';
import { probeAction, probes } from '../common/probes.ts';
import { StatefulService } from './stateful-service.ts';

const component = 'search';
export const opensearchPort = 9200;
const home = '/usr/share/opensearch';
/** Where it keeps its indexes, and the uid of its image. */
export const opensearchFolder = `${home}/data`;
export const opensearchUser = 1000;

const schema = z.strictObject({
  image: image(images.opensearch),
  storage: storage('2Gi'),
  hostPort: hostPort.optional(),
  resources: resources(['100m', '1Gi'], ['1', '1Gi']),
});

type OpensearchSettings = z.output<typeof schema>;

/** What the names of a project's indexes begin with. */
export const indexPrefix = (project: string): string => `${project}-`;

/** OpenSearch, which speaks the API of Elasticsearch: a StatefulSet of one pod, without a login. */
export class Opensearch extends StatefulService {
  constructor(scope: Construct, service: Service<OpensearchSettings>, { development }: ServiceContext) {
    const { settings } = service;
    const heap = `${Math.floor(amount(settings.resources.limits.memory) / 2 ** 21)}m`;
    super(scope, service.name, {
      labelled: labelled(service, component),
      user: opensearchUser,
      graceSeconds: 60,
      headless: !development,
      claim: { path: opensearchFolder, size: settings.storage },
      volumes: [
        { name: 'config', emptyDir: {} },
        { name: 'logs', emptyDir: {} },
      ],
      // It writes its keystore beside what its image has there.
      init: [
        {
          name: 'config',
          image: settings.image,
          command: ['cp', '-r', `${home}/config/.`, '/config/'],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '500m', memory: '64Mi' } },
          mounts: [{ volume: 'config', path: '/config' }],
        },
      ],
      container: {
        name: 'opensearch',
        image: settings.image,
        ports: { http: opensearchPort },
        variables: [
          { name: 'discovery.type', value: 'single-node' },
          { name: 'node.store.allow_mmap', value: 'false' },
          { name: 'DISABLE_SECURITY_PLUGIN', value: 'true' },
          { name: 'DISABLE_INSTALL_DEMO_CONFIG', value: 'true' },
          { name: 'DISABLE_PERFORMANCE_ANALYZER_AGENT_CLI', value: 'true' },
          // A developer's disk is mostly fuller than a server's may be: with 5 % free it would take no more writes.
          ...(development ? [{ name: 'cluster.routing.allocation.disk.threshold_enabled', value: 'false' }] : []),
          { name: 'OPENSEARCH_JAVA_OPTS', value: `-Xms${heap} -Xmx${heap}` },
        ],
        resources: settings.resources,
        probes: probes(
          {
            // 408 as long as an index has not all that it holds.
            ready: probeAction({ path: '/_cluster/health?wait_for_status=yellow&timeout=2s' }, opensearchPort),
            alive: probeAction({ path: '/' }, opensearchPort),
          },
          240,
        ),
        mounts: [
          { volume: 'config', path: `${home}/config` },
          { volume: 'logs', path: `${home}/logs` },
        ],
      },
    });
  }
}

export const opensearch: ServiceKind<OpensearchSettings> = {
  summary:
    'OpenSearch, a search engine with the API of Elasticsearch. Gives `OPENSEARCH_URL` and `OPENSEARCH_INDEX_PREFIX`.',
  component,
  schema,
  use: z.strictObject({}),
  compose: {
    images: ['opensearchproject/opensearch'],
    client: (service) => ({
      port: opensearchPort,
      url: { variable: variableName(service, 'OPENSEARCH_URL'), schemes: ['http'] },
    }),
  },
  controller: () => 'StatefulSet',
  ports: (settings) => [{ name: 'http', port: opensearchPort, protocol: 'http', hostPort: settings.hostPort }],
  managedPorts: [443, opensearchPort],
  secrets: () => [],
  connect(service, { project }) {
    const url = variableName(service, 'OPENSEARCH_URL');
    const prefix = variableName(service, 'OPENSEARCH_INDEX_PREFIX');
    const host = serviceHost(service.object, service.namespace);
    const path = '/_cluster/health?wait_for_status=yellow\\&timeout=2s';
    return {
      promises: [url, prefix],
      secret: { name: objectName(project, service.name), keys: [] },
      variables: [
        { name: url, value: `http://${host}:${opensearchPort}` },
        { name: prefix, value: indexPrefix(project) },
      ],
      ready: { image: images.busybox, script: `exec wget -q -O - "$${url}"${path}` },
    };
  },
  build: (scope, service, context) => new Opensearch(scope, service, context),
};
