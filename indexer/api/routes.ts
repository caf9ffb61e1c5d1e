import { OpenAPIHono } from '@hono/zod-openapi';
import type { ServerEnvironment } from './environment.ts';
import { RequestInvalidError } from './problems.ts';

/** Routes whose requests are checked by their schemas; what does not fit is refused as a problem. */
export function createRoutes(): OpenAPIHono<ServerEnvironment> {
  return new OpenAPIHono<ServerEnvironment>({
    defaultHook: (result) => {
      if (!result.success) throw new RequestInvalidError(result.error.issues);
    }
  });
}
