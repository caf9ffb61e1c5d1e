// Names that wagmi's connectors import at the top of a file; the connectors themselves are never made.
export const GeminiWalletProvider = undefined;
export const RpcSchema = undefined;
export const z = undefined;
export default undefined;
