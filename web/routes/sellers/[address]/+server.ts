import { redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** The page of an account stands under one address, whatever the account does. */
export const GET: RequestHandler = ({ params }) => {
  redirect(308, `/accounts/${encodeURIComponent(params.address.toLowerCase())}`);
};
