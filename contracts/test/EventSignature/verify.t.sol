// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EventSignature} from "../../src/libraries/EventSignature.sol";
import {Cheatcodes} from "../Cheatcodes.sol";

interface IEventVerifier {
    function verify(bytes calldata signedPart, bytes calldata signature)
        external
        view
        returns (EventSignature.Details memory details);
}

/// @notice Against the vectors that the sdk writes (sdk/protocol/vectors), and against a tree of its own.
contract VerifyTest {
    Cheatcodes private constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 private constant KEY = 0xa11ce;
    address private constant STREAM = 0x00112233445566778899AABbCCdDeeFf00112233;
    IEventVerifier private verifier;
    string private singles;
    string private batches;

    function setUp() external {
        verifier = IEventVerifier(vm.deployCode("EventVerifier.sol:EventVerifier"));
        singles = vm.readFile("sdk/protocol/vectors/event.json");
        batches = vm.readFile("sdk/protocol/vectors/event-batch.json");
    }

    function test_WhenTheEventIsOneOfTheVectors() external view {
        for (uint256 i; i < 4; ++i) {
            string memory path = string.concat(".events[", digit(i), "]");
            EventSignature.Details memory details = verifier.verify(
                vm.parseJsonBytes(singles, string.concat(path, ".signedPart")),
                vm.parseJsonBytes(singles, string.concat(path, ".event.signature"))
            );
            path = string.concat(path, ".event");
            vm.assertEq(details.stream, vm.parseJsonAddress(singles, string.concat(path, ".stream")));
            vm.assertEq(details.partition, vm.parseJsonUint(singles, string.concat(path, ".partition")));
            vm.assertEq(details.timestamp, vm.parseJsonUint(singles, string.concat(path, ".timestamp")));
            vm.assertEq(details.sequence, vm.parseJsonUint(singles, string.concat(path, ".sequence")));
            vm.assertEq(details.origin, vm.parseJsonAddress(singles, string.concat(path, ".origin")));
            vm.assertEq(details.contentHash, keccak256(vm.parseJsonBytes(singles, string.concat(path, ".content"))));
        }
    }

    function test_WhenASignatureIsOneThatTheVectorsRefuse() external view {
        bytes memory signedPart = vm.parseJsonBytes(singles, ".events[0].signedPart");
        for (uint256 i; i < 9; ++i) {
            bytes memory signature =
                vm.parseJsonBytes(singles, string.concat(".refusedSignatures[", digit(i), "].signature"));
            vm.assertFalse(accepts(signedPart, signature));
        }
    }

    function test_WhenTheEventIsOneOfABatchOfTheVectors() external view {
        uint8[4] memory counts = [3, 1, 3, 1];
        for (uint256 i; i < 4; ++i) {
            for (uint256 j; j < counts[i]; ++j) {
                string memory path = string.concat(".batches[", digit(i), "].events[", digit(j), "]");
                EventSignature.Details memory details = verifier.verify(
                    vm.parseJsonBytes(batches, string.concat(path, ".signedPart")),
                    vm.parseJsonBytes(batches, string.concat(path, ".signature"))
                );
                vm.assertEq(details.stream, STREAM);
                vm.assertEq(details.partition, 2);
            }
        }
    }

    function test_WhenASignatureOfABatchIsOneThatTheVectorsRefuse() external view {
        bytes memory signedPart = vm.parseJsonBytes(batches, ".batches[0].events[0].signedPart");
        for (uint256 i; i < 10; ++i) {
            string memory path = string.concat(".refused[", digit(i), "].signature");
            vm.assertFalse(accepts(signedPart, vm.parseJsonBytes(batches, path)));
        }
    }

    function test_WhenAnythingOfTheSignedPartIsChanged(uint256 place, uint8 change) external view {
        vm.assume(change != 0);
        bytes memory signedPart = vm.parseJsonBytes(batches, ".batches[2].events[1].signedPart");
        bytes memory signature = vm.parseJsonBytes(batches, ".batches[2].events[1].signature");
        place %= signedPart.length;
        signedPart[place] = bytes1(uint8(signedPart[place]) ^ change);
        vm.assertFalse(accepts(signedPart, signature));
    }

    function test_WhenTheSignedPartEndsEarlyOrGoesOn() external view {
        bytes memory signedPart = vm.parseJsonBytes(singles, ".events[0].signedPart");
        bytes memory signature = vm.parseJsonBytes(singles, ".events[0].event.signature");
        for (uint256 length; length < signedPart.length; ++length) {
            bytes memory early = new bytes(length);
            for (uint256 i; i < length; ++i) {
                early[i] = signedPart[i];
            }
            vm.assertEq(reason(early, signature), EventSignature.EventMalformed.selector);
        }
        vm.assertEq(reason(bytes.concat(signedPart, hex"00"), signature), EventSignature.EventMalformed.selector);
    }

    function test_WhenTheEventIsSignedInAnotherWay() external view {
        bytes memory signedPart = signedPartOf(vm.addr(KEY), "p256", "1");
        vm.assertEq(reason(signedPart, sign(signedPart)), EventSignature.SignatureTypeUnknown.selector);
        signedPart = signedPartOf(vm.addr(KEY), "secp256k1", "1");
        vm.assertTrue(accepts(signedPart, sign(signedPart)));
    }

    function test_WhenABatchOfAnySizeIsSigned(uint256 size, uint256 index, uint256 other) external view {
        size = 1 + size % 24;
        index %= size;
        bytes[] memory parts = new bytes[](size);
        bytes32[] memory level = new bytes32[](size);
        for (uint256 i; i < size; ++i) {
            parts[i] = signedPartOf(vm.addr(KEY), "secp256k1-merkle", bytes.concat(bytes32(i)));
            level[i] = sha256(bytes.concat(hex"00", parts[i]));
        }
        bytes memory proof = bytes.concat(bytes2(uint16(size)), bytes2(uint16(index)));
        uint256 place = index;
        while (level.length > 1) {
            bytes32[] memory above = new bytes32[]((level.length + 1) / 2);
            for (uint256 i; i < above.length; ++i) {
                above[i] = 2 * i + 1 < level.length
                    ? sha256(bytes.concat(hex"01", level[2 * i], level[2 * i + 1]))
                    : level[2 * i];
            }
            uint256 beside = place ^ 1;
            if (beside < level.length) proof = bytes.concat(proof, level[beside]);
            place /= 2;
            level = above;
        }
        bytes memory signature =
            bytes.concat(proof, sign(bytes.concat("\x15tributary/event-batch", bytes2(uint16(size)), level[0])));
        vm.assertTrue(accepts(parts[index], signature));
        other %= size;
        if (other != index) vm.assertFalse(accepts(parts[other], signature));
        other = 4 + uint256(keccak256(abi.encode(other))) % (signature.length - 4);
        signature[other] = bytes1(uint8(signature[other]) ^ 1);
        vm.assertFalse(accepts(parts[index], signature));
    }

    function test_WhenTheBytesAreAnybodys(bytes calldata signedPart, bytes calldata signature) external view {
        vm.assertFalse(accepts(signedPart, signature));
        vm.assertFalse(accepts(bytes.concat("\x0ftributary/event\x01", signedPart), signature));
    }

    /// forge-config: default.isolate = true
    function test_Gas() external {
        bytes memory signedPart = vm.parseJsonBytes(singles, ".events[0].signedPart");
        bytes memory signature = vm.parseJsonBytes(singles, ".events[0].event.signature");
        verifier.verify(signedPart, signature);
        vm.snapshotGasLastCall("EventSignature", "verify, one event of 20 bytes");
        signedPart = vm.parseJsonBytes(batches, ".batches[2].events[1].signedPart");
        signature = vm.parseJsonBytes(batches, ".batches[2].events[1].signature");
        verifier.verify(signedPart, signature);
        vm.snapshotGasLastCall("EventSignature", "verify, one event of a batch of 64");
        signedPart = vm.parseJsonBytes(batches, ".batches[3].events[0].signedPart");
        signature = vm.parseJsonBytes(batches, ".batches[3].events[0].signature");
        verifier.verify(signedPart, signature);
        vm.snapshotGasLastCall("EventSignature", "verify, one event of a batch of 1,024");
    }

    function accepts(bytes memory signedPart, bytes memory signature) private view returns (bool) {
        try verifier.verify(signedPart, signature) returns (EventSignature.Details memory) {
            return true;
        } catch {
            return false;
        }
    }

    /// @dev The selector of the error with which the event is refused; zero when it is not.
    function reason(bytes memory signedPart, bytes memory signature) private view returns (bytes32) {
        try verifier.verify(signedPart, signature) returns (EventSignature.Details memory) {
            return 0;
        } catch (bytes memory data) {
            return bytes4(data);
        }
    }

    function sign(bytes memory payload) private pure returns (bytes memory) {
        bytes memory message = bytes.concat("\x19Ethereum Signed Message:\n", decimal(payload.length), payload);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, keccak256(message));
        return bytes.concat(r, s, bytes1(v));
    }

    function signedPartOf(address origin, bytes memory signatureType, bytes memory content)
        private
        pure
        returns (bytes memory)
    {
        bytes memory head =
            bytes.concat("\x0ftributary/event\x01", bytes20(STREAM), bytes4(0), bytes8(uint64(1)), bytes4(0));
        bytes memory kinds = bytes.concat("\x0atext/plain\x04none", bytes8(0), "\x07address\x00\x14", bytes20(origin));
        return bytes.concat(
            head, kinds, bytes1(uint8(signatureType.length)), signatureType, bytes4(uint32(content.length)), content
        );
    }

    function decimal(uint256 value) private pure returns (bytes memory text) {
        for (; value != 0; value /= 10) {
            text = bytes.concat(bytes1(uint8(48 + value % 10)), text);
        }
    }

    function digit(uint256 value) private pure returns (string memory) {
        return string(bytes.concat(bytes1(uint8(48 + value))));
    }
}
