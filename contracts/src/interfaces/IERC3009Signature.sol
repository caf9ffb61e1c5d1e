// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IERC3009Signature
/// @notice The functions of ERC-3009 with the signature as bytes instead of v, r, s, so that accounts which are
/// contracts (ERC-1271) can authorise transfers too. Same names, selectors and order as in Circle's FiatTokenV2_2,
/// which payers such as x402 clients already speak.
interface IERC3009Signature {
    /// @notice Carries out a transfer that `from` signed. Anyone may submit it.
    /// @param value DATAcoin wei.
    /// @param validAfter Unix seconds; the authorisation holds strictly after it.
    /// @param validBefore Unix seconds; the authorisation holds strictly before it.
    /// @param nonce 32 random bytes, never used by `from` before.
    /// @param signature 65 bytes r, s, v of the EIP-712 digest, or whatever the ERC-1271 account `from` accepts.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice The same, but only the payee `to` may submit it: nobody can take it out of a larger transaction.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice Cancels an authorisation that `authorizer` signed and that was not used yet.
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature) external;
}
