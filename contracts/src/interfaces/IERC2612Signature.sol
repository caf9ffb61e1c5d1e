// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IERC2612Signature
/// @notice The permit of ERC-2612 with the signature as bytes instead of v, r, s, so that accounts which are contracts
/// (ERC-1271, EIP-7702) can permit too. Same name, selector and order as in Circle's FiatTokenV2_2. What is signed is
/// the Permit of ERC-2612, with the same nonces: a signature of a key is good for either function, and for one only.
interface IERC2612Signature {
    /// @notice The signature is not the owner's for this permit and its next nonce.
    error ERC2612InvalidSignature(address owner);

    /// @notice Sets the allowance of `spender` over the coins of `owner`, who signed that. Anyone may submit it.
    /// @param value The allowance, DATAcoin wei.
    /// @param deadline Unix seconds; the permit holds up to and including it.
    /// @param signature 65 bytes r, s, v of the EIP-712 digest, or whatever the ERC-1271 account `owner` accepts.
    function permit(address owner, address spender, uint256 value, uint256 deadline, bytes calldata signature) external;
}
