import { createServer } from 'node:http';
import { answer } from './routes.mjs';

const port = Number(process.env.PORT ?? 3000);

const server = createServer((request, response) => {
  const base = 'http://localhost';
  const url = URL.canParse(request.url, base) ? new URL(request.url, base) : undefined;
  const { status, body } = url
    ? answer(request.method, url)
    : { status: 400, body: { error: 'not a path that can be read' } };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});

server.listen(port, () => console.log(`listening on ${port}`));

// Requests that run are finished first.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.close(() => process.exit(0)));
