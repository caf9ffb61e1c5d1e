// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {ISecondSettlement} from "../../src/interfaces/ISecondSettlement.sol";
import {IDATAcoin} from "../IDATAcoin.sol";
import {Settlements} from "./Settlements.t.sol";

/// @notice A token that calls the market back in the middle of a transfer, as the licensee that it is itself.
contract ReenteringToken {
    mapping(address account => uint256 balance) public balanceOf;
    address private _market;
    bytes private _call;
    bool public entered;
    bool public succeeded;

    function mint(address account, uint256 amount) external {
        balanceOf[account] += amount;
    }

    /// @dev The next transfer makes this call.
    function arm(address market, bytes calldata call) external {
        (_market, _call, entered, succeeded) = (market, call, false, false);
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        return _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        return _move(from, to, amount);
    }

    function approve(address, uint256) external pure returns (bool) {
        return true;
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        if (_call.length != 0 && !entered) {
            entered = true;
            (succeeded,) = _market.call(_call);
        }
        return true;
    }
}

contract HostileTokenTest is Settlements {
    function test_WhenItReturnsFalse(uint8 settlement) external {
        settlement = settlement % 4;
        offer = offerOf(settlement);
        (bytes32 offerId,) = list(offer);
        vm.mockCall(address(token), abi.encodeWithSelector(token.transferFrom.selector), abi.encode(false));
        expectFailedOperation();
        buy(offer, 0, START + 10 hours);
        expectLicense(offerId, buyer, 0, 0);
        vm.assertEq(sellerUnits() + buyerUnits(buyer), 0);
    }

    function test_WhenItReturnsFalse_AfterThePurchase() external {
        offer = bySecond();
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 1 hours);
        vm.mockCall(address(token), abi.encodeWithSelector(token.transfer.selector), abi.encode(false));
        expectFailedOperation();
        market.withdraw(offer, endsOf(START + 10 hours));
        expectFailedOperation();
        cancel(offer);
        expectFailedOperation();
        revoke(offer, buyer);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 10 hours)), 1 hours * PRICE);
        expectLicense(offerId, buyer, START, START + 10 hours);
    }

    function test_WhenItCallsBack_Cancelling() external {
        ReenteringToken hostile = useReenteringToken();
        buyAsToken(hostile);
        vm.warp(START + 1 hours);
        hostile.arm(address(market), abi.encodeCall(ILicenses.cancel, (offer)));
        vm.prank(address(hostile));
        market.cancel(offer);
        vm.assertTrue(hostile.entered());
        vm.assertFalse(hostile.succeeded());
        vm.assertEq(hostile.balanceOf(address(market)), 11 hours * PRICE);
    }

    function test_WhenItCallsBack_Withdrawing() external {
        ReenteringToken hostile = useReenteringToken();
        buyAsToken(hostile);
        vm.warp(START + 1 hours);
        hostile.arm(address(market), abi.encodeCall(ISecondSettlement.withdraw, (offer, endsOf(START + 10 hours))));
        market.withdraw(offer, endsOf(START + 10 hours));
        vm.assertTrue(hostile.entered() && hostile.succeeded());
        vm.assertEq(hostile.balanceOf(beneficiary) + hostile.balanceOf(treasury), 2 hours * PRICE);
    }

    /// @dev It withdraws while a licence is cancelled: the seller has what ran, once, and the licensee the rest.
    function test_WhenItCallsBack_WithdrawingWhileCancelling() external {
        ReenteringToken hostile = useReenteringToken();
        buyAsToken(hostile);
        vm.warp(START + 1 hours);
        hostile.arm(address(market), abi.encodeCall(ISecondSettlement.withdraw, (offer, endsOf(START + 10 hours))));
        vm.prank(address(hostile));
        market.cancel(offer);
        vm.assertTrue(hostile.succeeded());
        vm.assertEq(hostile.balanceOf(beneficiary) + hostile.balanceOf(treasury), 2 hours * PRICE);
        vm.assertEq(hostile.balanceOf(address(market)), 9 hours * PRICE);
    }

    /// @dev It buys the same again while it buys: the second finds the licence of the first and adds nothing.
    function test_WhenItCallsBack_Buying() external {
        ReenteringToken hostile = useReenteringToken();
        hostile.arm(address(market), abi.encodeCall(ILicenses.buy, (offer, purchaseOf(0, START + 10 hours))));
        buyAsToken(hostile);
        vm.assertTrue(hostile.entered());
        vm.assertFalse(hostile.succeeded());
    }

    /// @dev It cancels what it has not paid for yet, with the coins of another licensee.
    function test_WhenItCallsBack_CancellingWhileBuying() external {
        ReenteringToken hostile = useReenteringToken();
        hostile.mint(address(hostile), 100e18);
        hostile.arm(address(market), abi.encodeCall(ILicenses.cancel, (offer)));
        vm.prank(address(hostile));
        market.buy(offer, purchaseOf(0, START + 10 hours));
        vm.assertTrue(hostile.succeeded());
        // Paid and paid back: the other licence's ten hours are all that is held.
        vm.assertEq(hostile.balanceOf(address(market)), 10 hours * PRICE);
        vm.warp(START + 10 hours);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 10 hours)), 10 hours * PRICE);
    }

    /// @dev A market of its own with the hostile token; the buyer holds a licence of ten hours in it.
    function useReenteringToken() private returns (ReenteringToken hostile) {
        hostile = new ReenteringToken();
        token = IDATAcoin(address(hostile));
        deployMarket(feeBasisPoints(), address(0));
        offer = bySecond();
        list(offer);
        hostile.mint(buyer, 100e18);
        buy(offer, 0, START + 10 hours);
    }

    function buyAsToken(ReenteringToken hostile) private {
        hostile.mint(address(hostile), 100e18);
        vm.prank(address(hostile));
        market.buy(offer, purchaseOf(0, START + 10 hours));
    }

    function expectFailedOperation() private {
        vm.expectRevert(abi.encodeWithSelector(bytes4(keccak256("SafeERC20FailedOperation(address)")), address(token)));
    }
}
