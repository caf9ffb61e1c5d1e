// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountSignature} from "../../src/libraries/AccountSignature.sol";
import {Cheatcodes} from "../Cheatcodes.sol";

/// @notice The library as its callers have it: the signature comes with the call.
contract Checker {
    function isValid(address account, bytes32 hash, bytes calldata signature) external view returns (bool) {
        return AccountSignature.isValid(account, hash, signature);
    }
}

/// @notice An account that accepts one signature for one hash (ERC-1271).
contract AcceptingAccount {
    bytes32 private immutable ACCEPTED;

    constructor(bytes32 hash, bytes memory signature) {
        ACCEPTED = keccak256(abi.encode(hash, signature));
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return keccak256(abi.encode(hash, signature)) == ACCEPTED ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @notice An account whose isValidSignature answers exactly these bytes.
contract AnsweringAccount {
    bytes private _answer;

    constructor(bytes memory answer) {
        _answer = answer;
    }

    fallback() external {
        bytes memory answer = _answer;
        assembly {
            return(add(answer, 32), mload(answer))
        }
    }
}

contract RevertingAccount {
    fallback() external {
        revert("no");
    }
}

contract SpendingAccount {
    fallback() external {
        assembly {
            invalid()
        }
    }
}

/// @notice Code without isValidSignature and without fallback.
contract SilentAccount {
    uint256 public unrelated = 1;
}

contract AccountSignatureTest {
    Cheatcodes private constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 private constant KEY = 0xa11ce;
    bytes32 private constant HASH = keccak256("what is signed");

    Checker private checker = new Checker();
    address private signer = vm.addr(KEY);

    function test_WhenTheKeySigned(uint256 key, bytes32 hash) external view {
        key = 1 + key % (ORDER - 1);
        vm.assertTrue(checker.isValid(vm.addr(key), hash, sign(key, hash)));
    }

    function test_WhenAnotherKeySigned(uint256 key) external view {
        key = 1 + key % (ORDER - 1);
        vm.assume(key != KEY);
        vm.assertFalse(checker.isValid(signer, HASH, sign(key, HASH)));
    }

    function test_WhenAnotherHashWasSigned(bytes32 hash) external view {
        vm.assume(hash != HASH);
        vm.assertFalse(checker.isValid(signer, HASH, sign(KEY, hash)));
    }

    function test_WhenSIsInTheUpperHalf(bytes32 hash) external view {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, hash);
        bytes32 other = bytes32(ORDER - uint256(s));
        // The chain itself takes it: ecrecover gives the same signer.
        vm.assertEq(ecrecover(hash, 55 - v, r, other), signer);
        vm.assertFalse(checker.isValid(signer, hash, abi.encodePacked(r, other, 55 - v)));
    }

    function test_WhenVIsNeither27Nor28(uint8 v) external view {
        vm.assume(v != 27 && v != 28);
        (, bytes32 r, bytes32 s) = vm.sign(KEY, HASH);
        vm.assertFalse(checker.isValid(signer, HASH, abi.encodePacked(r, s, v)));
    }

    function test_WhenTheLengthIsWrong(uint256 length) external view {
        length %= 200;
        vm.assume(length != 65);
        bytes memory good = sign(KEY, HASH);
        bytes memory signature = new bytes(length);
        for (uint256 i; i < length && i < 65; ++i) {
            signature[i] = good[i];
        }
        vm.assertFalse(checker.isValid(signer, HASH, signature));
    }

    function test_WhenTheSignatureIsTheShortOneOfEip2098() external view {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, HASH);
        bytes memory short = abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255)));
        vm.assertFalse(checker.isValid(signer, HASH, short));
    }

    function test_WhenADelegatingAccountsKeySigned() external {
        delegate(address(new SilentAccount()));
        vm.assertTrue(checker.isValid(signer, HASH, sign(KEY, HASH)));
        delegate(address(new RevertingAccount()));
        vm.assertTrue(checker.isValid(signer, HASH, sign(KEY, HASH)));
        delegate(address(new AcceptingAccount(HASH, "password")));
        vm.assertTrue(checker.isValid(signer, HASH, sign(KEY, HASH)));
    }

    function test_WhenADelegatingAccountsCodeAccepts() external {
        delegate(address(new AcceptingAccount(HASH, "password")));
        vm.assertTrue(checker.isValid(signer, HASH, "password"));
    }

    function test_WhenADelegatingAccountNeitherSignedNorAccepts() external {
        delegate(address(new AcceptingAccount(HASH, "password")));
        vm.assertFalse(checker.isValid(signer, HASH, "pass"));
        vm.assertFalse(checker.isValid(signer, HASH, sign(0xbad, HASH)));
        delegate(address(new SilentAccount()));
        vm.assertFalse(checker.isValid(signer, HASH, sign(0xbad, HASH)));
        // An account that delegates to one whose key signed is not that account.
        (, bytes32 r, bytes32 s) = vm.sign(KEY, HASH);
        vm.assertFalse(checker.isValid(signer, HASH, abi.encodePacked(r, s)));
    }

    function test_WhenAContractAccepts(bytes32 hash, bytes calldata signature) external {
        address account = address(new AcceptingAccount(hash, signature));
        vm.assertTrue(checker.isValid(account, hash, signature));
    }

    function test_WhenAContractRefuses(bytes32 hash, bytes calldata signature) external {
        vm.assume(hash != HASH);
        address account = address(new AcceptingAccount(HASH, signature));
        vm.assertFalse(checker.isValid(account, hash, signature));
        vm.assertFalse(checker.isValid(account, HASH, bytes.concat(signature, hex"00")));
    }

    function test_WhenAContractDoesNotAnswer() external {
        vm.assertFalse(checker.isValid(address(new RevertingAccount()), HASH, sign(KEY, HASH)));
        vm.assertFalse(checker.isValid(address(new SilentAccount()), HASH, sign(KEY, HASH)));
        vm.assertFalse(checker.isValid{gas: 1_000_000}(address(new SpendingAccount()), HASH, sign(KEY, HASH)));
    }

    function test_WhenAContractAnswersTooLittle(uint256 length) external {
        bytes memory magic = abi.encode(bytes4(0x1626ba7e));
        length %= 32;
        assembly {
            mstore(magic, length)
        }
        vm.assertFalse(checker.isValid(address(new AnsweringAccount(magic)), HASH, sign(KEY, HASH)));
    }

    function test_WhenAContractAnswersAnotherWord(bytes32 word) external {
        vm.assume(word != bytes32(bytes4(0x1626ba7e)));
        address account = address(new AnsweringAccount(abi.encode(word)));
        vm.assertFalse(checker.isValid(account, HASH, sign(KEY, HASH)));
        account = address(new AnsweringAccount(abi.encode(bytes32(bytes4(0x1626ba7e)) | bytes32(uint256(1)))));
        vm.assertFalse(checker.isValid(account, HASH, sign(KEY, HASH)));
    }

    function test_WhenAContractAnswersTheMagicValueAndMore() external {
        // What comes behind the word is not copied and not looked at, however long it is.
        address account = address(new AnsweringAccount(abi.encode(bytes4(0x1626ba7e), new bytes(10_000))));
        vm.assertTrue(checker.isValid(account, HASH, ""));
    }

    function test_WhenTheAccountIsZero(bytes32 hash, bytes calldata signature) external view {
        vm.assertFalse(checker.isValid(address(0), hash, signature));
        vm.assertFalse(checker.isValid(address(0), hash, abi.encodePacked(hash, hash, uint8(27))));
    }

    function test_WhenTheAccountIsPrecompiled(uint160 number, bytes calldata signature) external view {
        number = 1 + number % 17;
        vm.assertFalse(checker.isValid(address(number), HASH, signature));
        // The identity contract answers what it is asked: the magic value, then these zeros.
        vm.assertFalse(checker.isValid(address(4), bytes32(0), signature));
    }

    /// @dev The account of KEY sets its code by EIP-7702.
    function delegate(address implementation) private {
        vm.attachDelegation(vm.signDelegation(implementation, KEY));
        vm.assertEq(keccak256(signer.code), keccak256(abi.encodePacked(hex"ef0100", implementation)));
    }

    function sign(uint256 key, bytes32 hash) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }
}
