/** The process is up. Asks nobody else: a page without an API says so, and needs no new process. */
export const GET = () => Response.json({ status: 'up' });
