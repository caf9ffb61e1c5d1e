import * as z from 'zod';

/** Problem details (RFC 9457): the shape of every refusal over HTTP, WebSocket and GraphQL extensions. */
export const problemSchema = z.object({
  /** A URI reference that names the kind of problem, such as "/problems/event-signature-invalid". */
  type: z.string().default('about:blank'),
  /** What happened, the same for every occurrence. */
  title: z.string(),
  /** HTTP status code. */
  status: z.int().min(400).max(599),
  /** What happened this time, and what to do. */
  detail: z.string().optional(),
  /** Seconds after which trying again makes sense. */
  retryAfter: z.number().min(0).optional(),
  /** Fields of the request that were wrong. */
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional()
});
export type Problem = z.infer<typeof problemSchema>;

export const problemMediaType = 'application/problem+json';

/** Base of every error that this project throws: a name, a sentence that tells what to do, and its problem details. */
export abstract class TributaryError extends Error {
  /** Last part of the problem type, in kebab case. */
  abstract readonly code: string;
  /** HTTP status that fits when the error reaches a client. */
  readonly status: number = 400;
  /** What happened, without the particulars. */
  abstract readonly title: string;

  override get name(): string {
    return this.constructor.name;
  }

  toProblem(): Problem {
    return { type: `/problems/${this.code}`, title: this.title, status: this.status, detail: this.message };
  }
}
