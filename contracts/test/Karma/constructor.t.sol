// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {KarmaBase} from "./KarmaBase.t.sol";

contract KarmaConstructorTest is KarmaBase {
    function test_WhenTheHalfLifeIsShorterThanAnHour(uint256 halfLife) external {
        halfLife = within(halfLife, 0, 1 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(IKarma.HalfLifeInvalid.selector, halfLife));
        deployKarma(halfLife);
    }

    function test_WhenTheHalfLifeIsLongerThanAHundredYears(uint256 halfLife) external {
        halfLife = within(halfLife, 36_500 days + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IKarma.HalfLifeInvalid.selector, halfLife));
        deployKarma(halfLife);
    }

    function test_WhenThereIsNoSourceOrMoreThanFour() external {
        vm.expectRevert(abi.encodeWithSelector(IKarma.SourceCountInvalid.selector, 0));
        deployKarma(HALF_LIFE, new address[](0));
        vm.expectRevert(abi.encodeWithSelector(IKarma.SourceCountInvalid.selector, 5));
        deployKarma(HALF_LIFE, new address[](5));
    }

    function test_WhenASourceIsTheZeroAddress(uint256 count, uint256 zero) external {
        address[] memory sources = accounts(within(count, 1, 4));
        sources[zero % sources.length] = address(0);
        vm.expectRevert(abi.encodeWithSelector(IKarma.SourceZero.selector));
        deployKarma(HALF_LIFE, sources);
    }

    function test_WhenAllIsValid(uint256 count, uint256 halfLife, address other) external {
        address[] memory sources = accounts(within(count, 1, 4));
        halfLife = within(halfLife, 1 hours, 36_500 days);
        karma = deployKarma(halfLife, sources);
        vm.assertEq(karma.halfLife(), halfLife, "half-life");
        vm.assertEq(karma.origin(), START, "origin");
        bool expected;
        for (uint256 i; i < sources.length; ++i) {
            vm.assertTrue(karma.isSource(sources[i]), "a source");
            expected = expected || other == sources[i];
        }
        vm.assertEq(karma.isSource(other), expected, "any other address");
        vm.assertFalse(karma.isSource(address(0)), "the zero address");
    }

    function accounts(uint256 count) private pure returns (address[] memory made) {
        made = new address[](count);
        for (uint256 i; i < count; ++i) {
            made[i] = address(uint160(0xabc + i));
        }
    }
}
