// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Base} from "../Base.t.sol";

contract DataLicenseConstructorTest is Base {
    function test_ItKeepsTheToken(address token_) external {
        vm.assertEq(deployMarket(token_).token(), token_);
    }
}
