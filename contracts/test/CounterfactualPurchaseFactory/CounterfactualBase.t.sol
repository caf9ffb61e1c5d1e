// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterfactualPurchaseFactory} from "../../src/interfaces/ICounterfactualPurchaseFactory.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {Settlements} from "../DataLicense/Settlements.t.sol";

/// @notice What the tests of counterfactual purchases share: the factory, terms of ten hours for a licensee who is not
/// the payer, and payments as an x402 client signs them.
abstract contract CounterfactualBase is Settlements {
    uint256 internal constant UNTIL = START + 10 hours;
    uint256 internal constant AMOUNT = 10 hours * PRICE;
    bytes32 internal constant TRANSFER = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    ICounterfactualPurchaseFactory internal factory;
    address internal licensee = makeAccount("licensee");
    address internal refundTo = makeAccount("refundTo");
    uint256 private _signed;

    function setUp() public virtual override {
        super.setUp();
        factory = ICounterfactualPurchaseFactory(
            vm.deployCode(
                "CounterfactualPurchaseFactory.sol:CounterfactualPurchaseFactory",
                abi.encode(address(market), address(token))
            )
        );
        // Payments of x402 need none.
        vm.prank(buyer);
        token.approve(address(market), 0);
    }

    function termsOf(IOffers.Offer memory bought) internal view returns (ICounterfactualPurchaseFactory.Terms memory) {
        return ICounterfactualPurchaseFactory.Terms({
            offerId: market.offerIdOf(bought),
            licensee: licensee,
            purchase: purchaseOf(0, UNTIL),
            amount: AMOUNT,
            refundTo: refundTo
        });
    }

    /// @dev A payment of the buyer, valid for an hour, with a nonce that says nothing.
    function sign(address account, uint256 value)
        internal
        returns (ICounterfactualPurchaseFactory.Authorization memory)
    {
        return sign(buyer, account, value);
    }

    function sign(address from, address account, uint256 value)
        internal
        returns (ICounterfactualPurchaseFactory.Authorization memory signed)
    {
        bytes32 nonce = keccak256(abi.encode("random", ++_signed));
        signed =
            ICounterfactualPurchaseFactory.Authorization(from, value, 0, block.timestamp + 1 hours, nonce, bytes(""));
        bytes32 structHash = keccak256(abi.encode(TRANSFER, from, account, value, 0, signed.validBefore, nonce));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(BUYER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash)));
        signed.signature = abi.encodePacked(r, s, v);
    }

    /// @dev What anybody who sees the authorisation can do.
    function submit(address account, ICounterfactualPurchaseFactory.Authorization memory signed) internal {
        token.transferWithAuthorization(
            signed.from, account, signed.value, signed.validAfter, signed.validBefore, signed.nonce, signed.signature
        );
    }

    function pay(address account, uint256 value) internal {
        vm.prank(buyer);
        token.transfer(account, value);
    }

    function expectMissing(uint256 lies, uint256 required) internal {
        vm.expectRevert(abi.encodeWithSelector(ICounterfactualPurchaseFactory.PaymentMissing.selector, lies, required));
    }

    /// @dev No coin and no allowance stays anywhere on the way.
    function expectNothingLeft(address account) internal view {
        vm.assertEq(token.balanceOf(account), 0, "coins at the address");
        vm.assertEq(token.balanceOf(address(factory)), 0, "coins in the factory");
        vm.assertEq(token.balanceOf(factory.implementation()), 0, "coins in the implementation");
        vm.assertEq(token.allowance(account, address(market)), 0, "allowance of the address");
    }
}
