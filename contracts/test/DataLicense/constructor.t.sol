// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {Base} from "../Base.t.sol";

contract DataLicenseConstructorTest is Base {
    function test_WhenAnAddressIsZero() external {
        address[5] memory given = [address(token), treasury, address(karma), address(escrow), stranger];
        for (uint256 i; i < 4; ++i) {
            address[5] memory lacking = given;
            lacking[i] = address(0);
            expectRefusal(lacking, 250);
        }
    }

    function test_WhenTheFeeIsAboveAHundredPerCent(uint16 fee) external {
        fee = uint16(within(fee, 10_001, type(uint16).max));
        expectRefusal([address(token), treasury, address(karma), address(escrow), stranger], fee);
    }

    function test_ItKeepsWhatItIsGiven(address[5] memory given, uint16 fee) external {
        for (uint256 i; i < 4; ++i) {
            vm.assume(given[i] != address(0));
        }
        fee = fee % 10_001;
        IDataLicense deployed = IDataLicense(deploy(given, fee));
        vm.assertEq(deployed.token(), given[0]);
        vm.assertEq(deployed.treasury(), given[1]);
        vm.assertEq(deployed.karma(), given[2]);
        vm.assertEq(deployed.escrow(), given[3]);
        vm.assertEq(deployed.attestationService(), given[4]);
        vm.assertEq(deployed.feeBasisPoints(), fee);
    }

    function expectRefusal(address[5] memory given, uint16 fee) private {
        vm.expectRevert(abi.encodeWithSelector(IDataLicense.ConfigurationInvalid.selector));
        deploy(given, fee);
    }

    function deploy(address[5] memory given, uint16 fee) private returns (address) {
        return vm.deployCode("DataLicense.sol:DataLicense", argumentsOf(given, fee));
    }

    function argumentsOf(address[5] memory given, uint16 fee) private pure returns (bytes memory) {
        return abi.encode(given[0], given[1], fee, given[2], given[3], given[4]);
    }
}
