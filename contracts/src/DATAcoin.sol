// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC2612Signature} from "./interfaces/IERC2612Signature.sol";
import {IERC3009Signature} from "./interfaces/IERC3009Signature.sol";
import {AccountSignature} from "./libraries/AccountSignature.sol";

/// @title DATAcoin
/// @notice The market's means of payment (whitepaper 3).
///
/// Who is trusted: nobody. There is no owner, no minter, no pause, no blocklist and no upgrade; the whole supply is
/// minted once, to the account that the constructor names, and can only move from there by its holders' transfers.
/// Whoever holds the first balance decides how the coin spreads, and that is all the power there is.
///
/// How it moves: by ERC-20; by ERC-2612, so that one signature replaces the approval; by ERC-3009, so that a holder
/// without ether can pay through whoever submits the signature. Both kinds of signature are bound to this chain and
/// this contract by EIP-712 (name "DATAcoin", version "1"). An authorisation carries a random nonce and is good once;
/// authorisations do not wait for one another. A signature can be submitted by anyone who sees it, which moves the
/// same coins to the same payee; a payee that must do something in the same transaction uses receiveWithAuthorization.
/// Each comes in two forms: v, r, s as the standards have it, for accounts with a key; and the signature as bytes, which
/// also takes the signatures of accounts that are contracts (see AccountSignature).
///
/// What callers may assume: no fee on transfers, no rebasing, no callbacks, 18 decimals; transfer and transferFrom
/// return true or revert. Coins sent to this contract are lost, as with any ERC-20.
///
/// When a party vanishes: a lost key loses its coins and nothing else.
contract DATAcoin is ERC20Permit, ERC3009, IERC2612Signature, IERC3009Signature {
    /// @notice The supply, fixed for ever: a thousand million coins, in wei.
    uint256 public constant SUPPLY = 1_000_000_000e18;

    /// @dev As in the base contract, which keeps it to itself.
    // The compiler hashes the text; no program holds it.
    // solhint-disable gas-small-strings
    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    // solhint-enable gas-small-strings

    /// @param recipient The account that receives the whole supply.
    constructor(address recipient) ERC20("DATAcoin", "DATA") ERC20Permit("DATAcoin") {
        _mint(recipient, SUPPLY);
    }

    /// @inheritdoc IERC2612Signature
    function permit(address owner, address spender, uint256 value, uint256 deadline, bytes calldata signature)
        external
        override
    {
        if (block.timestamp > deadline) revert ERC2612ExpiredSignature(deadline);
        // The nonce is spent before the owner's code is asked.
        bytes32 structHash = keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, _useNonce(owner), deadline));
        if (!AccountSignature.isValid(owner, _hashTypedDataV4(structHash), signature)) {
            revert ERC2612InvalidSignature(owner);
        }
        _approve(owner, spender, value);
    }

    /// @inheritdoc IERC3009Signature
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external override {
        _checkSignature(
            from,
            keccak256(
                abi.encode(TRANSFER_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce)
            ),
            signature
        );
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }

    /// @inheritdoc IERC3009Signature
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external override {
        require(to == msg.sender, ERC20InvalidReceiver(to));
        _checkSignature(
            from,
            keccak256(abi.encode(RECEIVE_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce)),
            signature
        );
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }

    /// @inheritdoc IERC3009Signature
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature) external override {
        _checkSignature(authorizer, keccak256(abi.encode(CANCEL_AUTHORIZATION_TYPEHASH, authorizer, nonce)), signature);
        _cancelAuthorization(authorizer, nonce);
    }

    /// @dev Seconds only, as ERC-3009 says; the base contract would also take block numbers, which no other
    /// implementation of the standard does.
    function _checkValidity(uint256 validAfter, uint256 validBefore) internal view override {
        require(
            block.timestamp > validAfter && block.timestamp < validBefore,
            ERC3009InvalidAuthorizationTime(validAfter, validBefore)
        );
    }

    function _checkSignature(address signer, bytes32 structHash, bytes calldata signature) private view {
        require(AccountSignature.isValid(signer, _hashTypedDataV4(structHash), signature), ERC3009InvalidSignature());
    }
}
