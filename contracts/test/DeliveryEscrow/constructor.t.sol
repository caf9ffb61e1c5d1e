// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {EscrowBase} from "./EscrowBase.t.sol";

contract EscrowConstructorTest is EscrowBase {
    function test_WhenOneOfTheAddressesIsZero(uint256 which) external {
        address[4] memory given = [address(1), address(2), address(3), address(4)];
        given[which % 4] = address(0);
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.ConfigurationInvalid.selector));
        deployEscrow(given[0], given[1], given[2], given[3]);
    }

    function test_WhenNoneIs() external view {
        vm.assertEq(escrow.license(), address(this));
        vm.assertEq(escrow.token(), address(token));
        vm.assertEq(escrow.treasury(), treasury);
        vm.assertEq(escrow.karma(), address(karma));
    }
}
