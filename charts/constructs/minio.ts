import type { Construct } from 'constructs';
import { z } from 'zod';
import type { Connection, SecretReference } from '../common/connection.ts';
import { dnsLabel, hostPort, image, resources, storage } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Consumer, Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectName, serviceHost, variableName, variablePart } from '../common/names.ts';
import { probeAction, probes } from '../common/probes.ts';
import { secretMounts, secretVolume } from '../common/secret-files.ts';
import type { HashedJob } from './hashed-job.ts';
import { bucketClashes, bucketName, bucketsJobLabels, minioBucketsJob, minioUser } from './minio-buckets.ts';
import { StatefulService } from './stateful-service.ts';

export const minioPorts = { s3: 9000, console: 9001 };
const component = 'object-store';
const rootKeys = ['MINIO_ROOT_USER', 'MINIO_ROOT_PASSWORD'] as const;
const secretKey = 'MINIO_SECRET_KEY';
const rootFolder = '/run/secrets/minio';

const schema = z.strictObject({
  image: image(images.minio),
  clientImage: image(images.minioClient),
  storage: storage('2Gi'),
  hostPort: hostPort.optional(),
  consoleHostPort: hostPort.optional(),
  resources: resources(['50m', '128Mi'], ['1', '1Gi']),
});

export interface MinioSettings extends z.output<typeof schema> {
  /** Those of its project, if it is a project's own. */
  readonly buckets?: readonly string[];
}

/** What a project says under `uses.minio`. */
export const minioUse = z.strictObject({
  buckets: z
    .array(dnsLabel)
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'lists a bucket twice')
    .describe(
      'Buckets, made as `PROJECT-BUCKET`, of at most 63 characters. Only the project’s own user can read and write them.',
    ),
});

export interface MinioUse {
  readonly buckets: readonly string[];
}

/** The Secret with every project's secret key, from which the job makes the users. */
export const minioUsersSecret = (service: Service<MinioSettings>): string => `${service.object}-users`;

/** MinIO: a StatefulSet of one pod, and the job that makes the projects' users and buckets. */
export class Minio extends StatefulService {
  /** The job that makes users and buckets; none if no project uses it. */
  readonly buckets?: HashedJob;

  constructor(scope: Construct, service: Service<MinioSettings>, { development, ...context }: ServiceContext) {
    const { settings, object } = service;
    const consumers = context.consumers as readonly Consumer<MinioUse>[];
    const root = secretVolume('root', object, ...rootKeys);
    super(scope, service.name, {
      labelled: labelled(service, component),
      headless: !development,
      user: 1000,
      graceSeconds: 60,
      claim: { path: '/data', size: settings.storage },
      container: {
        name: 'minio',
        image: settings.image,
        args: ['server', '/data', '--address', `:${minioPorts.s3}`, '--console-address', `:${minioPorts.console}`],
        ports: minioPorts,
        variables: [
          ...rootKeys.map((key) => ({ name: `${key}_FILE`, value: `${rootFolder}/${key}` })),
          { name: 'HOME', value: '/tmp' },
          { name: 'MINIO_UPDATE', value: 'off' },
        ],
        resources: settings.resources,
        probes: probes(
          {
            ready: probeAction({ path: '/minio/health/ready' }, minioPorts.s3),
            alive: probeAction({ path: '/minio/health/live' }, minioPorts.s3),
          },
          120,
        ),
        mounts: secretMounts('root', rootFolder, rootKeys),
      },
      volumes: [root],
    });
    if (consumers.length > 0)
      this.buckets = minioBucketsJob(this, service, consumers, { root, usersSecret: minioUsersSecret(service) });
  }
}

/** The buckets' names in a compose file, each with the variable that has its name here. */
const bucketVariables = (connection: Connection | undefined): [string, string][] =>
  (connection?.variables ?? []).flatMap(({ name }): [string, string][] => {
    const part = /^S3_BUCKET_(.*)$/.exec(name)?.[1];
    return part === undefined ? [] : [[part.toLowerCase().replaceAll('_', '-'), `$(${name})`]];
  });

/** Where the secret key of a project's user is. */
const userKey = (service: Service<MinioSettings>, project: string, key: string) => ({
  key,
  variable: variableName(service, secretKey),
  owner: project,
  generated: true,
});

export const minio: ServiceKind<MinioSettings, MinioUse> = {
  summary:
    'MinIO, or any store with the S3 API. Gives `AWS_ENDPOINT_URL_S3`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, ' +
    '`AWS_SECRET_ACCESS_KEY` and `S3_BUCKET_NAME` for each bucket.',
  component,
  schema,
  use: minioUse,
  ownFields: minioUse.shape,
  ownUse: ({ buckets = [] }) => ({ buckets }),
  compose: {
    images: ['minio/minio', 'pgsty/silo'],
    spared: { 'minio/mc': 'the buckets under uses.minio are made by repoctl' },
    client: (_service, connection, before) => ({
      port: minioPorts.s3,
      url: { variable: 'AWS_ENDPOINT_URL_S3', schemes: ['http'] },
      replaced: new Map([
        [before.MINIO_ROOT_USER ?? 'minioadmin', '$(AWS_ACCESS_KEY_ID)'],
        [before.MINIO_ROOT_PASSWORD ?? 'minioadmin', '$(AWS_SECRET_ACCESS_KEY)'],
        ...bucketVariables(connection),
      ]),
    }),
  },
  controller: () => 'StatefulSet',
  ports: (settings) => [
    { name: 's3', port: minioPorts.s3, protocol: 'http', hostPort: settings.hostPort },
    { name: 'console', port: minioPorts.console, protocol: 'http', hostPort: settings.consoleHostPort },
  ],
  clientPorts: ['s3'],
  managedPorts: [443],
  setUp: (service, consumers) => (consumers.length > 0 ? bucketsJobLabels(service) : undefined),
  secrets(service, consumers) {
    const root: SecretReference = {
      name: service.object,
      keys: rootKeys.map((key) => ({
        key,
        variable: variableName(service, key),
        owner: service.scope,
        generated: true,
      })),
    };
    const users: SecretReference = {
      name: minioUsersSecret(service),
      keys: consumers.map(({ project }) => userKey(service, project, project)),
    };
    return consumers.length > 0 ? [root, users] : [root];
  },
  clashes: (_service, consumers) => bucketClashes(consumers),
  connect(service, { project, use }) {
    // In a project that has one of its own, the Secret of its users is there already.
    const own = service.scope === project;
    const name = own ? minioUsersSecret(service) : objectName(project, service.name);
    const key = own ? project : secretKey;
    const variable = (plain: string) => variableName(service, plain);
    const host = serviceHost(service.object, service.namespace);
    const buckets = use.buckets.map((bucket) => ({
      name: variable(`S3_BUCKET_${variablePart(bucket)}`),
      value: bucketName(project, bucket),
    }));
    return {
      promises: [
        ...['AWS_ENDPOINT_URL_S3', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map(variable),
        ...buckets.map((bucket) => bucket.name),
      ],
      rules: { [variable('AWS_ENDPOINT_URL_S3')]: 's3-endpoint', [variable('AWS_REGION')]: 's3-region' },
      secret: { name, keys: [userKey(service, project, key)] },
      variables: [
        { name: variable('AWS_ENDPOINT_URL_S3'), value: `http://${host}:${minioPorts.s3}` },
        { name: variable('AWS_REGION'), value: 'us-east-1' },
        { name: variable('AWS_ACCESS_KEY_ID'), value: minioUser(project) },
        { name: variable('AWS_SECRET_ACCESS_KEY'), secret: name, key },
        ...buckets,
      ],
      ready: {
        image: service.settings.clientImage,
        script: [
          'set -e',
          'export MC_CONFIG_DIR=/tmp/mc HOME=/tmp',
          `url=$${variable('AWS_ENDPOINT_URL_S3')} user=$${variable('AWS_ACCESS_KEY_ID')}`,
          'scheme=${url%%://*} address=${url#*://}',
          `export MC_HOST_store="$scheme://$user:$${variable('AWS_SECRET_ACCESS_KEY')}@$address"`,
          ...buckets.map((bucket) => `timeout 10 mc ls "store/$${bucket.name}"`),
        ].join('\n'),
      },
    };
  },
  build: (scope, service, context) => new Minio(scope, service, context),
};
