// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {Base} from "../Base.t.sol";

contract BuyForTest is Base {
    function test_WhenTheLicenseeIsZero() external {
        list(offer);
        vm.expectRevert(abi.encodeWithSelector(ILicenses.LicenseeZero.selector));
        vm.prank(buyer);
        market.buyFor(address(0), offer, purchaseOf(0, START + 1 hours));
    }

    function test_WhenTheLicenseeIsAnotherAccount(address licensee) external {
        vm.assume(licensee != address(0) && licensee != buyer && licensee != seller);
        (bytes32 offerId,) = list(offer);
        uint256 balance = token.balanceOf(buyer);
        vm.expectEmit(address(market));
        emit ILicenses.LicensePurchased(
            offerId, productIdOf(offer), licensee, buyer, START, START + 1 hours, 0.36e18, PUBLIC_KEY
        );
        vm.prank(buyer);
        market.buyFor(licensee, offer, purchaseOf(0, START + 1 hours));

        vm.assertEq(token.balanceOf(buyer), balance - 0.36e18);
        (, uint256 until,) = market.licenseOf(offerId, licensee);
        vm.assertEq(until, START + 1 hours);
        vm.assertTrue(market.canRead(address(stream), licensee));
        vm.assertFalse(market.canRead(address(stream), buyer));
        vm.assertEq(karma.unitsOf(licensee, IKarma.Role.Buyer), 0.36e18, "the licensee has the karma");
        vm.assertEq(karma.unitsOf(buyer, IKarma.Role.Buyer), 0, "who gives has none");
    }
}
