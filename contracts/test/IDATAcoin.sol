// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC3009, IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC2612Signature} from "../src/interfaces/IERC2612Signature.sol";
import {IERC3009Signature} from "../src/interfaces/IERC3009Signature.sol";

/// @notice DATAcoin as its callers see it, with the errors that the contract inherits.
interface IDATAcoin is
    IERC20Metadata,
    IERC20Permit,
    IERC3009,
    IERC3009Cancel,
    IERC2612Signature,
    IERC3009Signature,
    IERC5267,
    IERC20Errors
{
    error ERC3009InvalidSignature();
    error ERC3009InvalidAuthorizationTime(uint256 validAfter, uint256 validBefore);
    error ERC3009UsedAuthorization(address authorizer, bytes32 nonce);
    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);

    function SUPPLY() external view returns (uint256);
}
