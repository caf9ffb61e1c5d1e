// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Base} from "../Base.t.sol";
import {IDATAcoin} from "../IDATAcoin.sol";

/// @notice An account with code that accepts the signatures of one key (ERC-1271).
contract ContractAccount {
    address private immutable OWNER;

    constructor(address owner) {
        OWNER = owner;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
        bool good = ecrecover(digest, uint8(signature[64]), r, s) == OWNER;
        return good ? this.isValidSignature.selector : bytes4(0);
    }
}

/// @notice What the tests of ERC-3009 share: an authorisation, its digest and its signature.
abstract contract Authorizations is Base {
    bytes32 internal constant TRANSFER = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 internal constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 internal constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");

    struct Authorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    Authorization internal authorization;
    ContractAccount internal account;

    function setUp() public virtual override {
        super.setUp();
        authorization = Authorization(buyer, beneficiary, 5e18, START - 10, START + 10, keccak256("nonce"));
        account = new ContractAccount(buyer);
        vm.prank(treasury);
        token.transfer(address(account), 100e18);
    }

    function signTransfer() internal view returns (Signature memory) {
        return sign(BUYER_KEY, keccak256(abi.encode(TRANSFER, authorization)));
    }

    function signReceive() internal view returns (Signature memory) {
        return sign(BUYER_KEY, keccak256(abi.encode(RECEIVE, authorization)));
    }

    function signCancel(address authorizer, bytes32 nonce) internal view returns (Signature memory) {
        return sign(BUYER_KEY, keccak256(abi.encode(CANCEL, authorizer, nonce)));
    }

    function sign(uint256 key, bytes32 structHash) internal view returns (Signature memory signature) {
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash));
        (signature.v, signature.r, signature.s) = vm.sign(key, digest);
    }

    function packed(Signature memory signature) internal pure returns (bytes memory) {
        return abi.encodePacked(signature.r, signature.s, signature.v);
    }

    function transfer(Signature memory s) internal {
        Authorization memory a = authorization;
        token.transferWithAuthorization(a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce, s.v, s.r, s.s);
    }

    function transfer(bytes memory s) internal {
        Authorization memory a = authorization;
        token.transferWithAuthorization(a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce, s);
    }

    function receiveAs(address caller, Signature memory s) internal {
        Authorization memory a = authorization;
        vm.prank(caller);
        token.receiveWithAuthorization(a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce, s.v, s.r, s.s);
    }

    function receiveAs(address caller, bytes memory s) internal {
        Authorization memory a = authorization;
        vm.prank(caller);
        token.receiveWithAuthorization(a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce, s);
    }

    function expectInvalidSignature() internal {
        vm.expectRevert(abi.encodeWithSelector(IDATAcoin.ERC3009InvalidSignature.selector));
    }

    function expectInvalidTime() internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                IDATAcoin.ERC3009InvalidAuthorizationTime.selector, authorization.validAfter, authorization.validBefore
            )
        );
    }

    function expectUsed() internal {
        vm.expectRevert(
            abi.encodeWithSelector(IDATAcoin.ERC3009UsedAuthorization.selector, authorization.from, authorization.nonce)
        );
    }
}
