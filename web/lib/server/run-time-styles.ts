/**
 * Lets style elements that the page's scripts make be used where they carry the nonce of this answer: the dialog for
 * wallets holds the page behind it still with one.
 *
 * @param policy Of the content-security-policy header, with a nonce for scripts.
 */
export function allowSignedStyles(policy: string): string {
  const nonce = /'nonce-[^']+'/.exec(policy)?.[0];
  return nonce === undefined ? policy : policy.replace(/style-src [^;]*/, `$& ${nonce}`);
}
