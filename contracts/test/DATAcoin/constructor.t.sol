// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Base} from "../Base.t.sol";
import {IDATAcoin} from "../IDATAcoin.sol";

contract DATAcoinConstructorTest is Base {
    function test_WhenTheRecipientIsZero() external {
        // The cheatcode that deploys from artifacts says nothing of the reason; that it fails is what counts.
        vm.expectRevert();
        this.deploy(address(0));
    }

    function test_WhenTheRecipientIsNotZero(address recipient) external {
        vm.assume(recipient != address(0));
        IDATAcoin coin = this.deploy(recipient);
        vm.assertEq(coin.totalSupply(), 1_000_000_000e18);
        vm.assertEq(coin.SUPPLY(), 1_000_000_000e18);
        vm.assertEq(coin.balanceOf(recipient), 1_000_000_000e18);
        vm.assertEq(coin.name(), "DATAcoin");
        vm.assertEq(coin.symbol(), "DATA");
        vm.assertEq(coin.decimals(), 18);
    }

    function test_ItBindsSignatures() external view {
        bytes32 domain = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        vm.assertEq(
            token.DOMAIN_SEPARATOR(),
            keccak256(abi.encode(domain, keccak256("DATAcoin"), keccak256("1"), block.chainid, address(token)))
        );
    }

    function deploy(address recipient) external returns (IDATAcoin) {
        return IDATAcoin(vm.deployCode("DATAcoin.sol:DATAcoin", abi.encode(recipient)));
    }
}
