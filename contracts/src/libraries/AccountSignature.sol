// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title AccountSignature
/// @notice Whether an account signed a hash, whatever kind of account it is: the one rule for every signature that the
/// market takes.
///
/// A signature of the account's own key counts first, also when the account has code: by EIP-7702 an account can run a
/// contract's code and keep its key, that code need not know ERC-1271, and the key can replace the code at any time, so
/// refusing the key would protect nothing. A contract without a key cannot be signed for this way, since nobody knows a
/// key of its address. Whatever the key did not sign is put to the account's code (ERC-1271); an account without code
/// has no second way.
///
/// The caller hashes by EIP-712 with a nonce: neither kind of signature is good for once only by itself, and the same
/// account may accept several signatures of the same hash. What an account's code answers may change with time.
library AccountSignature {
    /// @notice Whether `signature` is the account's for `hash`. Never reverts for what the signature contains or the
    /// account's code does, unless that leaves too little gas to go on.
    /// @param account Whose signature it has to be; the zero address signs nothing.
    /// @param hash What was signed: an EIP-712 digest.
    /// @param signature 65 bytes r, s, v with s in the lower half (EIP-2) and v 27 or 28; or whatever the account's
    /// code takes.
    function isValid(address account, bytes32 hash, bytes calldata signature) internal view returns (bool) {
        // Without an error the address that is recovered is not zero.
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(hash, signature);
        if (problem == ECDSA.RecoverError.NoError && signer == account) return true;
        // Precompiled contracts have no code and answer every call: never ask an address without code.
        return account.code.length != 0 && SignatureChecker.isValidERC1271SignatureNowCalldata(account, hash, signature);
    }
}
