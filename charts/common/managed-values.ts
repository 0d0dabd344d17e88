/** What a value of a managed service's Secret has to be. */
export type ValueRule = keyof typeof rules;

/** A value that is not as it has to be, without the value itself: it may hold a password. */
type Problem = string | undefined;

/**
 * The rules by name. Each gives what is wrong with a value.
 *
 * @param others the other values of its Secret, by key
 */
const rules = {
  /** @see https://www.postgresql.org/docs/current/libpq-ssl.html */
  'postgresql-tls': (value: string): Problem => {
    const url = parsed(value);
    if (!url || !/^postgres(ql)?:$/.test(url.protocol))
      return 'is no URL of a database; expected postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=require';
    const mode = url.searchParams.get('sslmode');
    if (/^(require|verify-ca|verify-full)$/.test(mode ?? '')) return undefined;
    const found = mode === null ? 'has no sslmode' : `has sslmode=${mode}`;
    return `${found}, so that the connection may go without TLS; expected sslmode=require, verify-ca or verify-full`;
  },

  'redis-tls': (value: string): Problem => {
    const { protocol } = parsed(value) ?? {};
    if (protocol === 'rediss:') return undefined;
    return protocol === 'redis:'
      ? 'begins with redis://, which is a connection without TLS; expected rediss://'
      : 'is no URL of a Redis; expected rediss://USER:PASSWORD@HOST:PORT';
  },

  /** Buckets are named in the path: virtual hosts would be asked for BUCKET.BUCKET. */
  's3-endpoint': (value: string): Problem => {
    const url = parsed(value);
    if (url?.protocol === 'http:')
      return 'begins with http://, which is a connection without TLS; expected https://HOST';
    if (url?.protocol !== 'https:') return 'is no URL; expected https://HOST, without a bucket';
    if (url.pathname !== '/' || url.search !== '')
      return `has the path ${url.pathname}${url.search}; expected https://${url.host}, without a bucket`;
    const inHost = /^(.+)\.(s3[.-][\w.-]*amazonaws\.com|\w{32}(?:\.\w+)?\.r2\.cloudflarestorage\.com)$/;
    const found = inHost.exec(url.hostname);
    return found ? `has the bucket ${found[1]} in its host; expected https://${found[2]}` : undefined;
  },

  's3-region': (value: string, key: string, others: Values): Problem => {
    const host = parsed(others[key.replace(/AWS_REGION$/, 'AWS_ENDPOINT_URL_S3')] ?? '')?.hostname ?? '';
    if (!/^[a-z0-9-]+$/.test(value)) return 'is no region; expected one such as eu-west-1, or auto for Cloudflare R2';
    if (host.endsWith('.r2.cloudflarestorage.com'))
      return /^(auto|us-east-1)$/.test(value)
        ? undefined
        : `is ${value}, but Cloudflare R2 has one region; expected auto`;
    const [, region] =
      /(?:^|\.)s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/.exec(host) ?? [];
    return region === undefined || region === value
      ? undefined
      : `is ${value}, but the endpoint is in ${region}; expected ${region}`;
  },

  host: (value: string): Problem =>
    /^[a-z0-9]([\w.-]*[a-z0-9])?$/i.test(value)
      ? undefined
      : 'is no host; expected one such as ID-eu-west-1.db.astra.datastax.com, without a scheme and a port',

  /** @see https://docs.datastax.com/en/astra-db-serverless/administration/manage-application-tokens.html */
  'astra-token': (value: string, key: string, others: Values): Problem => {
    const user = key.replace(/CASSANDRA_PASSWORD$/, 'CASSANDRA_USERNAME');
    const isToken = value.startsWith('AstraCS:');
    if (others[user] === 'token')
      return isToken ? undefined : `is no token, as ${user}=token asks for; expected AstraCS:…`;
    return isToken ? `is a token of Astra, whose user is always called token; expected ${user}=token` : undefined;
  },

  /** A zip: the driver reads addresses and certificates from it. */
  'astra-bundle': (value: string): Problem =>
    /^UEsD[\w+/]+={0,2}$/.test(value)
      ? undefined
      : 'is no secure connect bundle; expected what base64 -w0 secure-connect-NAME.zip prints',

  address: (value: string): Problem =>
    /^[\w.-]+:\d{1,5}$/.test(value) ? undefined : 'is no address; expected HOST:PORT, such as immudb.example.com:3322',
} satisfies Record<string, (value: string, key: string, others: Values) => Problem>;

type Values = Readonly<Record<string, string>>;

const parsed = (value: string): URL | undefined => (URL.canParse(value) ? new URL(value) : undefined);

/** What is wrong with a value of a managed service's Secret; nothing if it is as the rule wants it. */
export const valueProblem = (rule: string, key: string, values: Values): string | undefined =>
  Object.hasOwn(rules, rule) ? rules[rule as ValueRule](values[key] ?? '', key, values) : undefined;
