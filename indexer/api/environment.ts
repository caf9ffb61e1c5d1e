import type { HttpBindings } from '@hono/node-server';

/** What hono hands to every handler: the connection of Node's server. */
export interface ServerEnvironment {
  readonly Bindings: HttpBindings;
}
