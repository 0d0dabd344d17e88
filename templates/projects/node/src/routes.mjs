/** What each route answers: `METHOD /path` → a function of the request's URL that gives a status and a body. */
const routes = {
  'GET /health': () => ({ status: 200, body: { status: 'ok' } }),
  'GET /': (url) => ({ status: 200, body: { greeting: `Hello, ${url.searchParams.get('name') ?? 'world'}` } }),
};

/** The answer to a request. */
export function answer(method, url) {
  const route = routes[`${method} ${url.pathname}`];
  return route ? route(url) : { status: 404, body: { error: `no route ${method} ${url.pathname}` } };
}
